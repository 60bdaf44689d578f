// How Stash lets plugins into its page: named components whose arguments, result or whole call
// a plugin may change. Nothing is caught here, as in Stash: a patch that throws takes the page along.
import React from "react";
import { Route } from "react-router-dom";

export const components = {};
// Which patches ran, for the tests.
export const fired = new Set();

const patches = { before: {}, instead: {}, after: {} };

function register(kind) {
  return (name, change) => {
    patches[kind][name] = [...(patches[kind][name] ?? []), change];
  };
}

export const before = register("before");
export const instead = register("instead");
export const after = register("after");

/** Each replacement gets the arguments and, last, what to call for the next one. */
function callInstead(name, original, self, given) {
  const chain = patches.instead[name] ?? [];
  const from = (index) =>
    index >= chain.length
      ? original
      : (...received) => chain[index].apply(self, [...received, from(index + 1)]);
  return from(0).apply(self, given);
}

export function patched(name, original) {
  return new Proxy(original, {
    apply(target, self, given) {
      fired.add(name);
      let received = given;
      for (const change of patches.before[name] ?? []) received = change.apply(self, received);
      let result = callInstead(name, target, self, received);
      for (const change of patches.after[name] ?? [])
        result = change.apply(self, [...received, result]);
      return result;
    },
  });
}

export function component(name, original) {
  components[name] = patched(name, original);
  return components[name];
}

/** A place that shows its children and that plugins add to. */
export function container(name) {
  return component(name, (props) => <>{props.children}</>);
}

export const PluginRoutes = patched("PluginRoutes", (props) => <>{props.children}</>);

export function registerRoute(path, page) {
  before("PluginRoutes", (props) => [
    {
      children: (
        <>
          {props.children}
          <Route path={path} component={page} />
        </>
      ),
    },
  ]);
}
