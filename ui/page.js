/** The page `/plugins/plexsync`: state, set-up and settings, each under its own address. */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { libraries } = window.PluginApi;
  const { Alert, Nav, Tab } = libraries.Bootstrap;
  const { useHistory, useLocation } = libraries.ReactRouterDOM;
  const { useEffect, useRef } = window.PluginApi.React;
  const { h, text: t } = ui;

  const PATH = "/plugins/plexsync";
  /** @type {Record<string, keyof PlexSyncUi>} */
  const TABS = { state: "State", setup: "Setup", settings: "Settings" };

  /** Where the page is, as its address says, so that a reload and the back button keep it. */
  function usePlace() {
    const history = useHistory();
    const { search } = useLocation();
    const place = Object.fromEntries(new URLSearchParams(search));
    /** @type {Go} */
    const go = (tab, more = {}) =>
      history.push(`${PATH}?${new URLSearchParams({ tab, ...more }).toString()}`);
    return { place, tab: place.tab in TABS ? place.tab : "state", go };
  }

  const ADDRESS = ["plexUrl", "plexToken"];

  /**
   * Somebody who has neither address nor token gets the set-up, once; so does who comes from the
   * older plugin, whose settings shall be seen before they are taken.
   */
  /** @param {Status | null} status @param {Go} go @param {boolean} isElsewhere */
  function useFirstVisit(status, go, isElsewhere) {
    const asked = useRef(false);
    useEffect(() => {
      if (!status || asked.current) return;
      asked.current = true;
      if (isElsewhere || status.setup.is_open || status.setup.is_done) return;
      void (async () => {
        const [told, stored] = await Promise.all([
          ui.operation({ mode: "settings" }),
          ui.readSettings(),
        ]);
        const isOlder = Boolean(stored.plexHost) && !stored.plexUrl;
        const isNew = !told.plex_url && told.token_is === "missing";
        if (isOlder || (isNew && !ADDRESS.some((one) => stored[one]))) go("setup", { open: "1" });
      })().catch(() => {}); // the state is shown then, as to anybody else
    }, [status]);
  }

  function Page() {
    const { place, tab, go } = usePlace();
    const { answer, error, refresh } = ui.usePolled(
      () => ui.operation({ mode: "status" }),
      (status) => status.moves,
    );
    useFirstVisit(answer, go, Boolean(place.tab));
    useEffect(() => {
      // Starts a worker where none runs, and lets one that waits look again now.
      ui.operation({ mode: "wake" })
        .then(refresh)
        .catch(() => {}); // the status tells what is wrong
    }, []);
    const props = { status: answer, refresh, go, place };
    return h(
      "div",
      { className: "plexsync" },
      h("h1", null, t("page.title")),
      error && h(Alert, { variant: "warning", role: "alert" }, t("no.answer", { message: error })),
      h(
        Tab.Container,
        {
          id: "plexsync-tabs",
          activeKey: tab,
          onSelect: (/** @type {string | null} */ key) => key && go(key),
        },
        h(
          Nav,
          { variant: "tabs", "aria-label": t("page.tabs") },
          Object.keys(TABS).map((one) =>
            h(Nav.Item, { key: one }, h(Nav.Link, { eventKey: one }, t(`tab.${one}`))),
          ),
        ),
        h(
          Tab.Content,
          null,
          Object.entries(TABS).map(([one, part]) =>
            h(
              Tab.Pane,
              { key: one, eventKey: one, mountOnEnter: true, unmountOnExit: true },
              answer
                ? h(ui.Guard, null, h(/** @type {any} */ (ui[part]), props))
                : !error && h(ui.Waiting, null),
            ),
          ),
        ),
      ),
    );
  }

  Object.assign(ui, {
    PATH,
    Page: () => h(ui.Guard, null, h(Page, null)),
  });
})(window.PlexSyncUi);
