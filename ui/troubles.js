/** Trouble, grouped by its cause, with one button each; the scenes of each come in pages. */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { Alert, Button } = window.PluginApi.libraries.Bootstrap;
  const { useEffect, useState } = window.PluginApi.React;
  const { h, text: t } = ui;
  const PAGE_SIZE = 50;
  const SHOWN = 6;

  /** @param {{total: number, page: number, turn: (page: number) => void}} props */
  function Pages({ total, page, turn }) {
    const pages = Math.ceil(total / PAGE_SIZE);
    if (pages < 2) return null;
    return h(
      "nav",
      { className: "plexsync-buttons", "aria-label": t("trouble.pages") },
      h(ui.SayButton, {
        label: t("trouble.back"),
        disabled: page <= 1,
        onClick: () => turn(page - 1),
      }),
      h("span", null, t("trouble.page", { page, pages })),
      h(ui.SayButton, {
        label: t("trouble.next"),
        disabled: page >= pages,
        onClick: () => turn(page + 1),
      }),
    );
  }

  /** @param {{scene: TroubledScene, refresh: () => void}} props */
  function TroubledScene({ scene, refresh }) {
    const act = ui.useAction(refresh);
    const choose = async (/** @type {number} */ key) => {
      await ui.operation({ mode: "choose", id: scene.scene_id, rating_key: key });
      return t("candidate.chosen");
    };
    return h(
      "li",
      null,
      h("div", null, h(ui.SceneLink, { id: scene.scene_id }), " ", h("span", null, scene.message)),
      scene.paths.map((path) => h("div", { key: path, className: "plexsync-path" }, path)),
      scene.candidates.length > 0 &&
        h(ui.Candidates, {
          candidates: scene.candidates,
          chosen: null,
          busy: act.busy,
          onChoose: (key) => act.run(() => choose(key)),
        }),
      h(ui.Outcome, { action: act }),
    );
  }

  /** @param {{trouble: Trouble, refresh: () => void}} props */
  function TroubledScenes({ trouble, refresh }) {
    const [page, setPage] = useState(1);
    const [told, setTold] = useState(/** @type {TroublePage | null} */ (null));
    const act = ui.useAction();
    const { code, about } = trouble;
    const { run } = act;
    useEffect(() => {
      let current = true;
      void run(async () => {
        const answer = await ui.operation({ mode: "troubles", code, about, page });
        if (current) setTold(answer);
      });
      return () => {
        current = false;
      };
    }, [code, about, page]);
    return h(
      "div",
      { className: "plexsync-panel" },
      !told && act.busy && h(ui.Waiting, null),
      act.error && h(Alert, { variant: "danger" }, act.error),
      told &&
        h(
          "ul",
          { className: "plexsync-troubled" },
          told.scenes.map((one) => h(TroubledScene, { key: one.scene_id, scene: one, refresh })),
        ),
      told && h(Pages, { total: told.total, page, turn: setPage }),
    );
  }

  /**
   * What the button of a trouble does at once; the others lead somewhere.
   * @type {Record<string, () => Promise<string>>}
   */
  const AT_ONCE = {
    async retry() {
      await ui.operation({ mode: "start", what: "retry_failed" });
      return t("done.retry");
    },
    async scan() {
      await ui.saveSettings({ scanMissing: true });
      await ui.operation({ mode: "wake" });
      return t("done.scan");
    },
    async undo_held() {
      await ui.operation({ mode: "undo", of: "destroyed" });
      return t("done.undo");
    },
  };

  const ADDRESS_AND_TOKEN = ["", "plexUrl", "plexToken"];

  /** What has no address or token yet is set up, not corrected. */
  /** @param {Trouble} trouble */
  function actionOf({ action, code, about }) {
    const isNew = code === "not_configured" && ADDRESS_AND_TOKEN.includes(about);
    return isNew ? "setup" : action;
  }

  /** @param {string} action @param {string} about @param {Go} go */
  function lead(action, about, go) {
    if (action === "setup") go("setup", { open: "1" });
    if (action === "mapping") go("setup", { open: "1", step: "paths", folder: about });
    if (action === "token") go("setup", { open: "1", step: "token" });
    if (action === "settings") go("settings", { about });
  }

  /** @param {{trouble: Trouble, refresh: () => void, go: Go}} props */
  function Row({ trouble, refresh, go }) {
    const [open, setOpen] = useState(false);
    const [asking, setAsking] = useState(false);
    const act = ui.useAction(refresh);
    const { count } = trouble;
    const action = actionOf(trouble);
    const onAction = () => {
      if (action === "choose") setOpen(true);
      else if (action === "undo_held") setAsking(true);
      else if (AT_ONCE[action]) act.run(AT_ONCE[action]);
      else lead(action, trouble.about, go);
    };
    return h(
      "li",
      { className: "plexsync-trouble", "data-code": trouble.code },
      h(
        "div",
        { className: "plexsync-row" },
        h(
          "div",
          { className: "plexsync-grow" },
          h("p", { className: "plexsync-cause" }, trouble.sentence),
          trouble.remedy && h("p", { className: "plexsync-remedy" }, trouble.remedy),
        ),
        h(
          "div",
          { className: "plexsync-buttons" },
          count > 0 &&
            h(ui.SayButton, {
              label: t(open ? "trouble.hide" : "trouble.show"),
              "aria-expanded": open,
              onClick: () => setOpen(!open),
            }),
          action !== "none" &&
            h(Button, { size: "sm", disabled: act.busy, onClick: onAction }, t(`action.${action}`)),
        ),
      ),
      asking &&
        h(ui.Confirm, {
          question: t("confirm.undo_held"),
          yes: t("confirm.yes.undo_held"),
          onYes: () => {
            setAsking(false);
            act.run(AT_ONCE.undo_held);
          },
          onNo: () => setAsking(false),
        }),
      h(ui.Outcome, { action: act }),
      open && h(TroubledScenes, { trouble, refresh }),
    );
  }

  /** @type {PlexSyncUi["Troubles"]} */
  function Troubles({ troubles, refresh, go }) {
    const [all, setAll] = useState(false);
    if (!troubles.length) return null;
    const shown = all ? troubles : troubles.slice(0, SHOWN);
    return h(
      ui.Section,
      { id: "troubles", title: t("trouble.title") },
      h(
        "ul",
        { className: "plexsync-troubles" },
        shown.map((one) => h(Row, { key: `${one.code} ${one.about}`, trouble: one, refresh, go })),
      ),
      shown.length < troubles.length &&
        h(ui.SayButton, {
          label: t("show.all", { count: troubles.length }),
          onClick: () => setAll(true),
        }),
    );
  }

  Object.assign(ui, { Troubles });
})(window.PlexSyncUi);
