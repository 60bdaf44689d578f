/** What another plugin left, at the beginning of the set-up: shown, and taken only if wanted. */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { Alert, Button, Table } = window.PluginApi.libraries.Bootstrap;
  const { Fragment, useEffect, useState } = window.PluginApi.React;
  const { h, text: t } = ui;

  /** @param {string} what */
  function dismiss(what) {
    return ui.operation({ mode: "elsewhere", do: "dismiss", what });
  }

  /** The token goes from Stash to its file; the plugin's answers never hold it. */
  /** @param {Offer} offer */
  async function takeToken(offer) {
    const stored = await ui.readSettings(offer.plugin);
    await ui.operation({ mode: "set_token", token: String(stored[offer.old] || "").trim() });
  }

  /** @param {Offer[]} offers */
  async function take(offers) {
    /** @type {Record<string, Value>} */
    const values = {};
    for (const one of offers) {
      if (one.value === null) await takeToken(one);
      else values[one.setting] = one.value;
    }
    await ui.saveSettings(values);
    await dismiss("settings");
  }

  /** @param {Offer} offer */
  function willBe(offer) {
    if (offer.value === null) return t("elsewhere.token");
    return offer.value === true ? t("settings.on") : String(offer.value);
  }

  /** @param {{offers: Offer[]}} props */
  function Offers({ offers }) {
    return h(
      Table,
      { responsive: true },
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          ["old", "setting", "value"].map((one) =>
            h("th", { key: one, scope: "col" }, t(`elsewhere.${one}`)),
          ),
        ),
      ),
      h(
        "tbody",
        null,
        offers.map((one) =>
          h(
            "tr",
            { key: one.setting },
            h(
              "td",
              null,
              one.old,
              h("div", { className: "plexsync-path" }, one.was || t("elsewhere.hidden")),
              h("div", { className: "text-muted" }, one.plugin),
            ),
            h(
              "td",
              null,
              one.name,
              h("div", { className: "text-muted d-none d-md-block" }, one.description),
            ),
            h("td", { className: "plexsync-path" }, willBe(one)),
          ),
        ),
      ),
    );
  }

  /** @param {{offers: Offer[], unlike: {plugin: string, old: string}[], taken: () => void}} props */
  function OldSettings({ offers, unlike, taken }) {
    const [answered, setAnswered] = useState("");
    const act = ui.useAction();
    const answer = (/** @type {string} */ how) =>
      act.run(async () => {
        await (how === "taken" ? take(offers) : dismiss("settings"));
        setAnswered(how);
        if (how === "taken") taken();
      });
    if (answered === "left") return null;
    if (answered) return h(Alert, { variant: "success" }, t("elsewhere.taken"));
    return h(
      ui.Section,
      { id: "elsewhere", title: t("elsewhere.title") },
      h("p", null, t("elsewhere.about")),
      h(Offers, { offers }),
      unlike.length > 0 &&
        h(
          "p",
          { className: "text-muted" },
          t("elsewhere.unlike", { names: unlike.map((one) => one.old).join(", ") }),
        ),
      h(ui.Outcome, { action: act }),
      h(
        "div",
        { className: "plexsync-buttons" },
        h(Button, { disabled: act.busy, onClick: () => answer("taken") }, t("elsewhere.take")),
        h(
          Button,
          { variant: "secondary", disabled: act.busy, onClick: () => answer("left") },
          t("elsewhere.leave"),
        ),
      ),
    );
  }

  /** @param {{count: number, scenes: {scene_id: number, title: string, urls: string[]}[]}} props */
  function Addresses({ count, scenes }) {
    const [isAsked, setAsked] = useState(false);
    const [isLeft, setLeft] = useState(false);
    const act = ui.useAction();
    const removal = ui.useAsked();
    const remove = () => {
      setAsked(false);
      void removal.ask({ mode: "remove_urls" });
    };
    const leave = () =>
      act.run(async () => {
        await dismiss("urls");
        setLeft(true);
      });
    const sofar = (removal.progress && removal.progress.result) || { removed: 0 };
    if (isLeft) return null;
    if (removal.answer)
      return h(
        Alert,
        { variant: "success" },
        t("elsewhere.urls.removed", { count: removal.answer.removed }),
      );
    return h(
      ui.Section,
      { id: "addresses", title: t("elsewhere.urls.title") },
      h("p", null, t("elsewhere.urls.about", { count })),
      h(
        "ul",
        { className: "plexsync-plain" },
        scenes.map((one) =>
          h(
            "li",
            { key: one.scene_id },
            h(ui.SceneLink, { id: one.scene_id }, one.title),
            h("div", { className: "plexsync-path" }, one.urls.join(", ")),
          ),
        ),
      ),
      count > scenes.length &&
        h(
          "p",
          { className: "text-muted" },
          t("elsewhere.urls.more", { count: count - scenes.length }),
        ),
      h(ui.Outcome, { action: act }),
      h(ui.Asking, {
        asked: removal,
        working: t("elsewhere.urls.working", { done: sofar.removed, count }),
      }),
      isAsked
        ? h(ui.Confirm, {
            question: t("elsewhere.urls.ask", { count }),
            yes: t("elsewhere.urls.yes"),
            onYes: remove,
            onNo: () => setAsked(false),
          })
        : h(
            "div",
            { className: "plexsync-buttons" },
            h(
              Button,
              { disabled: removal.waiting || act.busy, onClick: () => setAsked(true) },
              t("elsewhere.urls.remove"),
            ),
            h(
              Button,
              { variant: "secondary", disabled: removal.waiting || act.busy, onClick: leave },
              t("elsewhere.urls.leave"),
            ),
          ),
    );
  }

  /** @type {PlexSyncUi["Elsewhere"]} */
  function Elsewhere({ taken }) {
    const asked = ui.useAsked();
    useEffect(() => void asked.ask({ mode: "elsewhere" }), []);
    const { answer } = asked;
    // The set-up goes on without an answer: what was left is a convenience.
    if (!answer) return null;
    const { offers, unlike, urls } = answer;
    return h(
      Fragment,
      null,
      offers.length > 0 && h(OldSettings, { offers, unlike, taken }),
      urls && urls.count > 0 && h(Addresses, urls),
    );
  }

  Object.assign(ui, { Elsewhere });
})(window.PlexSyncUi);
