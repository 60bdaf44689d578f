// Another plugin in the same places, which drops what it does not use, as several do.
(function () {
  const { React, libraries, patch } = window.PluginApi;
  const { Nav, Tab } = libraries.Bootstrap;
  const h = React.createElement;
  const add = (name, element) =>
    patch.before(name, (props) => [{ children: h(React.Fragment, null, props.children, element) }]);

  add("MainNavBar.UtilityItems", h("span", { className: "other-plugin" }, "Other"));
  add("SettingsToolsSection", h("div", { className: "setting" }, "Other tool"));
  add("ScenePage.Tabs", h(Nav.Item, null, h(Nav.Link, { eventKey: "other-plugin" }, "Other")));
  add("ScenePage.TabContent", h(Tab.Pane, { eventKey: "other-plugin" }, "What others show"));
  patch.instead("PluginSettings", (props, ...rest) => rest[rest.length - 1](props));
  patch.after("SceneCard.Overlays", (...received) => received[received.length - 1]);
})();
