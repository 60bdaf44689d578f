/**
 * The set-up: six steps, each saved by itself, each can be skipped. While it is open nothing is
 * written to Plex; the worker ends it after ten minutes in which nobody touches it.
 */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { Alert, Button } = window.PluginApi.libraries.Bootstrap;
  const { useEffect, useRef, useState } = window.PluginApi.React;
  const { h, text: t } = ui;

  const STEPS = ["plex", "token", "libraries", "paths", "preview", "first"];
  const TOUCH_SECONDS = 60;

  /** @param {string} what @param {string} step */
  function tell(what, step) {
    return ui.operation({ mode: "setup", do: what, step });
  }

  /** While somebody types and clicks here, the worker goes on holding all writes. */
  /** @param {string} step @param {boolean} isOpen */
  function useTouch(step, isOpen) {
    const last = useRef(0);
    return () => {
      const now = Date.now() / 1000;
      if (!isOpen || now - last.current < TOUCH_SECONDS) return;
      last.current = now;
      void tell("touch", step).catch(() => {}); // the next touch tries again
    };
  }

  /** @param {{step: string, move: (step: string) => void}} props */
  function Steps({ step, move }) {
    return h(
      "nav",
      { className: "plexsync-steps", "aria-label": t("setup.steps") },
      h(
        "ol",
        null,
        STEPS.map((one, index) =>
          h(
            "li",
            { key: one },
            h(
              Button,
              {
                variant: "link",
                className: one === step ? "active" : "",
                "aria-current": one === step ? "step" : undefined,
                onClick: () => move(one),
              },
              h("span", { className: "plexsync-number", "aria-hidden": true }, index + 1),
              t(`setup.${one}`),
            ),
          ),
        ),
      ),
    );
  }

  /** @param {{status: Status, act: Action, open: () => void, wasEnded: boolean}} props */
  function Closed({ status, act, open, wasEnded }) {
    const key = status.setup.is_done ? "setup.again" : "setup.begin";
    return h(
      ui.Section,
      { id: "setup", title: t("setup.title") },
      wasEnded && h(Alert, { variant: "info" }, t("setup.idle")),
      h("p", null, t("setup.about")),
      h(
        "ol",
        { className: "plexsync-plain" },
        STEPS.map((one) => h("li", { key: one }, t(`setup.${one}`))),
      ),
      h(ui.Outcome, { action: act }),
      h(Button, { onClick: open, disabled: act.busy }, t(key)),
    );
  }

  /** @type {PlexSyncUi["Setup"]} */
  function Setup({ status, refresh, go, place }) {
    const [mine, setMine] = useState(/** @type {boolean | null} */ (null));
    const [taken, setTaken] = useState(0);
    const act = ui.useAction(refresh);
    // What was said here holds until the worker, who hears of it a moment later, says the same.
    const told = status.setup.is_open;
    useEffect(() => {
      if (mine === told) setMine(null);
    }, [mine, told]);
    const isOpen = mine === null ? told : mine;
    const wished = place.step || status.setup.step;
    const step = STEPS.includes(wished) ? wished : STEPS[0];
    const touch = useTouch(step, isOpen);
    const heading = useRef(/** @type {HTMLHeadingElement | null} */ (null));

    useEffect(() => {
      if (isOpen) heading.current?.focus({ preventScroll: true });
    }, [step, isOpen]);

    const move = (/** @type {string} */ next) => {
      go("setup", { step: next });
      void tell("touch", next).catch(() => {});
    };
    const open = () =>
      act.run(async () => {
        await tell("open", step);
        setMine(true);
      });
    const next = () => {
      const index = STEPS.indexOf(step);
      if (index + 1 < STEPS.length) move(STEPS[index + 1]);
    };
    const end = (/** @type {string} */ what) =>
      act.run(async () => {
        await tell(what, step);
        setMine(false);
        go("state");
      });
    useEffect(() => {
      if (place.open && !isOpen) void open();
    }, []);
    if (!isOpen)
      return h(Closed, { status, act, open, wasEnded: Boolean(place.step) && !act.busy });
    const Step = /** @type {any} */ (ui.setupSteps[step]);
    return h(
      "div",
      { className: "plexsync-setup", onClick: touch, onKeyDown: touch },
      h(Steps, { step, move }),
      h(
        "div",
        { className: "plexsync-column" },
        // Asked once while the set-up is open; whoever comes back finds it as it was left.
        h(
          "div",
          { hidden: step !== STEPS[0] },
          h(ui.Guard, null, h(ui.Elsewhere, { taken: () => setTaken((count) => count + 1) })),
        ),
        h(
          "section",
          { className: "plexsync-step card", "aria-labelledby": "plexsync-step" },
          h("h2", { id: "plexsync-step", ref: heading, tabIndex: -1 }, t(`setup.${step}`)),
          h("p", { className: "text-muted" }, t(`setup.${step}.about`)),
          h(
            ui.Guard,
            { key: `${step} ${taken}` },
            h(Step, { status, next, go, place, refresh, end }),
          ),
          h(ui.Outcome, { action: act }),
          h(
            "div",
            { className: "plexsync-buttons plexsync-foot" },
            step !== "first" && h(Button, { variant: "secondary", onClick: next }, t("setup.skip")),
            h(Button, { variant: "link", onClick: () => end("skip") }, t("setup.leave")),
          ),
        ),
      ),
    );
  }

  Object.assign(ui, { Setup, setupSteps: {}, tellSetup: tell });
})(window.PlexSyncUi);
