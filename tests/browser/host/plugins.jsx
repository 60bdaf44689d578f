// Loads the scripts and styles of the enabled plugins; the page waits for them, as Stash's does.
import { useQuery } from "@apollo/client";
import React, { useEffect, useState } from "react";
import { Spinner } from "react-bootstrap";
import { PluginsDocument } from "./queries";

function load(tag, facts) {
  return new Promise((resolve) => {
    const element = Object.assign(document.createElement(tag), facts);
    element.addEventListener("load", resolve);
    element.addEventListener("error", resolve); // one plugin that fails keeps nobody waiting
    document.head.append(element);
  });
}

export function PluginsLoader({ children }) {
  const { data } = useQuery(PluginsDocument);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    if (!data) return;
    const enabled = (data.plugins ?? []).filter((one) => one.enabled);
    const styles = enabled.flatMap((one) => one.paths.css ?? []);
    const scripts = enabled.flatMap((one) => one.paths.javascript ?? []);
    styles.forEach((href) => load("link", { rel: "stylesheet", href }));
    Promise.all(scripts.map((src) => load("script", { src, async: false, defer: true }))).then(() =>
      setReady(true),
    );
  }, [data]);
  return ready ? <>{children}</> : <Spinner animation="border" role="status" />;
}
