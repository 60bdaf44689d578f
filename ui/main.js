/**
 * Where PlexSync stands in Stash: a route, a button in the bar, a link among the tools and the
 * plugin's settings, a tab of each scene. A patch that throws would take Stash's page along, so
 * each one is tried, and shows what was there without it when it fails.
 */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { React, libraries, patch, register } = window.PluginApi;
  const { Fragment } = React;
  const { Button, Nav, Tab } = libraries.Bootstrap;
  const { NavLink, Link } = libraries.ReactRouterDOM;
  const { h, text: t } = ui;

  /** @param {string} name @param {() => any} make @param {any} otherwise */
  function tried(name, make, otherwise) {
    try {
      return make();
    } catch (error) {
      console.warn(`PlexSync: ${name} is shown without it:`, error);
      return otherwise;
    }
  }

  /**
   * Adds an element behind what a container shows; other plugins' props stay as they are.
   * @param {string} name
   * @param {(props: any) => React.ReactNode} element
   */
  function add(name, element) {
    patch.before(name, (/** @type {any[]} */ ...received) =>
      tried(
        name,
        () => {
          const [props, ...rest] = received;
          const guarded = h(ui.Guard, { key: "plexsync" }, element(props || {}));
          const children = h(Fragment, null, props && props.children, guarded);
          return [{ ...props, children }, ...rest];
        },
        received,
      ),
    );
  }

  function NavButton() {
    return h(
      NavLink,
      { className: "nav-utility", to: ui.PATH, title: t("nav.button") },
      h(
        Button,
        { className: "minimal d-flex align-items-center h-100", "aria-label": t("nav.button") },
        h(ui.Icon, { name: "faArrowsRotate" }),
      ),
    );
  }

  function ToolsRow() {
    return h(
      "div",
      { className: "setting plexsync-tools" },
      h(
        "div",
        null,
        h("h3", null, t("tools.heading")),
        h("div", { className: "sub-heading" }, t("tools.about")),
      ),
      h("div", null, h(Link, { to: ui.PATH, className: "btn btn-secondary" }, t("tools.open"))),
    );
  }

  /** Stash shows its section of tools twice; the row belongs into the first. */
  function OnlyFirst() {
    const place = React.useRef(/** @type {HTMLDivElement | null} */ (null));
    const [isFirst, setFirst] = React.useState(true);
    React.useLayoutEffect(() => {
      setFirst(document.querySelector("[data-plexsync-tools]") === place.current);
    }, []);
    return h("div", { ref: place, "data-plexsync-tools": "" }, isFirst && h(ToolsRow, null));
  }

  const SCENE_TAB = "plexsync-scene";

  const sceneNav = () => h(Nav.Item, null, h(Nav.Link, { eventKey: SCENE_TAB }, t("scene.tab")));

  /** Another plugin may have dropped the scene on its way; the address names it too. */
  /** @param {any} props */
  function sceneId(props) {
    const told = props.scene && props.scene.id;
    const [, named] = /\/scenes\/(\d+)/.exec(window.location.pathname) || [];
    return Number(told || named) || 0;
  }

  function addToSettings() {
    patch.instead("PluginSettings", (/** @type {any[]} */ ...received) => {
      const next = received[received.length - 1];
      const shown = next(...received.slice(0, -1));
      const isOurs = received[0] && received[0].pluginID === "PlexSync";
      return isOurs ? h(Fragment, null, h(ui.Guard, null, h(ToolsRow, null)), shown) : shown;
    });
  }

  function addToCards() {
    patch.after("SceneCard.Overlays", (/** @type {any[]} */ ...received) => {
      const shown = received[received.length - 1];
      const id = Number(received[0] && received[0].scene && received[0].scene.id);
      return id ? h(Fragment, null, shown, h(ui.Guard, null, h(ui.CardMark, { id }))) : shown;
    });
  }

  /** @param {any} props */
  function scenePane(props) {
    const pane = { eventKey: SCENE_TAB, mountOnEnter: true, unmountOnExit: true };
    return h(Tab.Pane, pane, h(ui.Guard, null, h(ui.SceneTab, { id: sceneId(props) })));
  }

  /** @type {Array<[string, () => void]>} */
  const places = [
    ["page", () => register.route(ui.PATH, ui.Page)],
    ["bar", () => add("MainNavBar.UtilityItems", () => h(NavButton, null))],
    ["tools", () => add("SettingsToolsSection", () => h(OnlyFirst, null))],
    ["tab", () => add("ScenePage.Tabs", sceneNav)],
    ["scene", () => add("ScenePage.TabContent", scenePane)],
    ["settings", addToSettings],
    ["cards", addToCards],
  ];
  // One place that this Stash does not have takes none of the others along.
  places.forEach(([name, place]) => tried(name, place, undefined));
})(window.PlexSyncUi);
