/** The buttons of the page, and what they bring: a preview of all scenes, the support bundle. */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { Alert, Button, Dropdown, Form } = window.PluginApi.libraries.Bootstrap;
  const { useEffect, useRef, useState } = window.PluginApi.React;
  const { h, text: t, number } = ui;

  /** @param {string} what */
  const start = (what) => async () => {
    await ui.operation({ mode: "start", what });
    return t(`done.${what}`);
  };

  /** @param {{title: string, of: Record<string, number>, named?: string}} props */
  function Tally({ title, of, named }) {
    const rows = Object.entries(of).sort((left, right) => right[1] - left[1]);
    if (!rows.length) return null;
    const nameOf = (/** @type {string} */ key) =>
      named && ui.hasText(named + key) ? t(named + key) : key;
    return h(
      "div",
      { className: "plexsync-tally" },
      h("h3", null, title),
      h(
        "ul",
        null,
        rows.map(([key, count]) =>
          h("li", { key }, h("strong", null, number(count)), " ", nameOf(key)),
        ),
      ),
    );
  }

  /** @param {{asked: Asked, onClose: () => void}} props */
  function PreviewAll({ asked, onClose }) {
    const { answer, waiting, error, progress } = asked;
    const run = progress && progress.run;
    return h(
      "div",
      { className: "plexsync-panel", role: "region", "aria-label": t("preview.title") },
      waiting &&
        h(
          ui.Waiting,
          null,
          run && run.total
            ? t("run.progress", { done: run.done, total: run.total })
            : t("preview.working"),
          progress && progress.pause && ` ${progress.pause.message}`,
        ),
      error && h(Alert, { variant: "danger" }, error),
      answer && [
        h(Tally, {
          key: "counts",
          title: t("preview.counts", { total: answer.total }),
          of: answer.counts,
          named: "kind.",
        }),
        h(Tally, { key: "fields", title: t("preview.fields"), of: answer.fields, named: "field." }),
        h(Tally, { key: "reasons", title: t("preview.reasons"), of: answer.reasons || {} }),
      ],
      h(Button, { size: "sm", variant: "secondary", onClick: onClose }, t("close")),
    );
  }

  /** @param {{onClose: () => void}} props */
  function Support({ onClose }) {
    const [mask, setMask] = useState(true);
    const [bundle, setBundle] = useState("");
    const act = ui.useAction();
    const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
    const { run } = act;
    useEffect(() => {
      let current = true;
      void run(async () => {
        const told = await ui.operation({ mode: "support", mask });
        if (current) setBundle(told.text);
      });
      return () => {
        current = false;
      };
    }, [mask]);
    const copy = async () => {
      // Without https a browser has no clipboard to offer; the older way works there.
      if (navigator.clipboard) {
        await navigator.clipboard
          .writeText(bundle)
          .catch(() => Promise.reject(new Error(t("support.not_copied"))));
        return t("support.copied");
      }
      area.current?.select();
      if (!document.execCommand("copy")) throw new Error(t("support.not_copied"));
      return t("support.copied");
    };
    return h(
      "div",
      { className: "plexsync-panel", role: "region", "aria-label": t("support.title") },
      h("p", null, t("support.about")),
      h(Form.Check, {
        type: "switch",
        id: "plexsync-mask",
        label: t("support.mask"),
        checked: mask,
        onChange: () => setMask(!mask),
      }),
      h(Form.Control, {
        as: "textarea",
        readOnly: true,
        rows: 10,
        ref: area,
        value: bundle,
        className: "plexsync-bundle",
        "aria-label": t("support.text"),
      }),
      h(ui.Outcome, { action: act }),
      h(
        "div",
        { className: "plexsync-buttons" },
        h(
          Button,
          { size: "sm", disabled: act.busy || !bundle, onClick: () => act.run(copy) },
          t("support.copy"),
        ),
        h(Button, { size: "sm", variant: "secondary", onClick: onClose }, t("close")),
      ),
    );
  }

  /** @param {{choose: (what: string) => void}} props */
  function More({ choose }) {
    const items = ["retry_failed", "undo_last", "clear_caches", "support"];
    return h(
      Dropdown,
      { className: "plexsync-more" },
      h(
        Dropdown.Toggle,
        { variant: "secondary", id: "plexsync-more" },
        t("do.more"),
        " ",
        h(ui.Icon, { name: "faChevronDown" }),
      ),
      h(
        Dropdown.Menu,
        { className: "bg-secondary text-white" },
        items.map((one) =>
          h(
            Dropdown.Item,
            {
              key: one,
              as: "button",
              type: "button",
              className: "bg-secondary text-white",
              onClick: () => choose(one),
            },
            t(`do.${one}`),
          ),
        ),
      ),
    );
  }

  /** @type {PlexSyncUi["Actions"]} */
  function Actions({ status, act, refresh }) {
    const [panel, setPanel] = useState("");
    const preview = ui.useAsked();
    const isHeld = status.held === "person";
    const hold = async () => {
      await ui.operation({ mode: isHeld ? "go_on" : "hold" });
      return t(isHeld ? "done.go_on" : "done.hold");
    };
    const close = () => {
      setPanel("");
      preview.forget();
    };
    const choose = (/** @type {string} */ what) => {
      if (what === "undo_last" || what === "support") setPanel(what);
      else act.run(start(what));
    };
    const undo = async () => {
      setPanel("");
      await ui.operation({ mode: "undo", of: "last" });
      return t("done.undo");
    };
    const showPreview = () => {
      setPanel("preview");
      void preview.ask({ mode: "preview" }).then(refresh);
    };
    return h(
      "div",
      { className: "plexsync-actions" },
      h(
        "div",
        { className: "plexsync-buttons" },
        h(
          Button,
          { disabled: act.busy, onClick: () => act.run(start("sync_all")) },
          h(ui.Icon, { name: "faRotate" }),
          " ",
          t("do.sync_all"),
        ),
        h(
          Button,
          { variant: "secondary", disabled: preview.waiting, onClick: showPreview },
          h(ui.Icon, { name: "faEye" }),
          " ",
          t("do.preview_all"),
        ),
        h(
          Button,
          {
            variant: isHeld ? "success" : "secondary",
            disabled: act.busy,
            onClick: () => act.run(hold),
          },
          h(ui.Icon, { name: isHeld ? "faPlay" : "faPause" }),
          " ",
          t(isHeld ? "do.go_on" : "do.hold"),
        ),
        h(More, { choose }),
      ),
      h(ui.Outcome, { action: act }),
      panel === "preview" && h(PreviewAll, { asked: preview, onClose: close }),
      panel === "support" && h(Support, { onClose: close }),
      panel === "undo_last" &&
        h(ui.Confirm, {
          question: t("confirm.undo_last"),
          yes: t("confirm.yes.undo_last"),
          onYes: () => act.run(undo),
          onNo: close,
        }),
    );
  }

  Object.assign(ui, { Actions, Tally });
})(window.PlexSyncUi);
