// window.PluginApi: the libraries that Stash hands to plugins, under the names it gives them.
import * as Apollo from "@apollo/client";
import * as FontAwesomeBrands from "@fortawesome/free-brands-svg-icons";
import * as FontAwesomeRegular from "@fortawesome/free-regular-svg-icons";
import * as FontAwesomeSolid from "@fortawesome/free-solid-svg-icons";
import * as ReactFontAwesome from "@fortawesome/react-fontawesome";
import Mousetrap from "mousetrap";
import MousetrapPause from "mousetrap-pause";
import React from "react";
import * as Bootstrap from "react-bootstrap";
import ReactDOM from "react-dom";
import * as Intl from "react-intl";
import * as ReactRouterDOM from "react-router-dom";
import * as ReactSelect from "react-select";
import { after, before, component, components, fired, instead, registerRoute } from "./patching";
import { client, ConfigurationDocument, ConfigurePluginDocument, PluginsDocument } from "./queries";

MousetrapPause(Mousetrap); // adds its members to the other

window.PluginApi = {
  React,
  ReactDOM,
  GQL: { ConfigurationDocument, ConfigurePluginDocument, PluginsDocument },
  libraries: {
    Apollo,
    Bootstrap,
    FontAwesomeBrands,
    FontAwesomeRegular,
    FontAwesomeSolid,
    Intl,
    Mousetrap,
    MousetrapPause,
    ReactFontAwesome,
    ReactRouterDOM,
    ReactSelect,
  },
  components,
  loadableComponents: {},
  hooks: {},
  utils: { StashService: { getClient: () => client } },
  register: { route: registerRoute, component },
  patch: { before, instead, after },
  Event: new EventTarget(),
};
window.firedPatches = fired;
