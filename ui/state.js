/** The state at a glance: one light and one sentence, counts, the run that goes on, last events. */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { Card } = window.PluginApi.libraries.Bootstrap;
  const { Fragment, useState } = window.PluginApi.React;
  const { h, text: t, number, ago } = ui;

  /** @type {Record<string, string>} */
  const LIGHTS = {
    in_step: "faCircleCheck",
    working: "faRotate",
    waiting: "faClock",
    needs_you: "faTriangleExclamation",
    setup: "faWandMagicSparkles",
    off: "faPowerOff",
  };
  const ALWAYS = [
    "in_step",
    "waiting",
    "retrying",
    "failed",
    "not_in_plex",
    "ambiguous",
    "ignored",
  ];
  const WORRYING = ["failed", "ambiguous", "not_in_plex", "retrying"];
  const SHOWN_EVENTS = 10;
  const SOMETIMES = ["merged", "filtered", "undone", "gone", "held_undo"];

  /** @type {PlexSyncUi["Light"]} */
  function Light({ level, sentence, since, children }) {
    return h(
      "div",
      { className: `plexsync-light plexsync-${level}` },
      h(
        "span",
        { className: "plexsync-lamp", title: t(`level.${level}`) },
        h(ui.Icon, { name: LIGHTS[level] || "faCircle" }),
      ),
      h(
        "div",
        { className: "plexsync-grow" },
        h("p", { className: "plexsync-sentence", role: "status" }, sentence),
        h(
          "p",
          { className: "text-muted" },
          t(`level.${level}`),
          since && ` ${t("since", { time: ui.lasting(Date.now() / 1000 - since) })}`,
          children,
        ),
      ),
    );
  }

  /** @param {{status: Status}} props */
  function Pause({ status }) {
    const { held, pause } = status;
    const next = pause && pause.next_probe;
    return h(
      Fragment,
      null,
      held && ` · ${t(held === "setup" ? "held.setup" : "held")}`,
      next && ` · ${t("next.look", { time: ago(next) })}`,
    );
  }

  /** @param {{counts: Record<string, number | null>}} props */
  function Counts({ counts }) {
    const others = SOMETIMES.filter((one) => counts[one]);
    return h(
      Fragment,
      null,
      h(
        "dl",
        { className: "plexsync-counts", "aria-label": t("counts") },
        ALWAYS.map((one) => {
          const count = counts[one] || 0;
          const worries = count > 0 && WORRYING.includes(one);
          const retry = one === "retrying" && count > 0 && counts.next_retry;
          return h(
            "div",
            { key: one, className: worries ? "plexsync-worry" : count ? "" : "plexsync-zero" },
            h("dt", null, t(`count.${one}`)),
            h(
              "dd",
              { "data-count": one },
              number(count),
              retry && h("small", null, t("count.next_retry", { time: ago(Number(retry)) })),
            ),
          );
        }),
      ),
      others.length > 0 &&
        h(
          "p",
          { className: "plexsync-others text-muted" },
          others.map((one) => t(`count.${one}`, { count: Number(counts[one]) })).join(" · "),
        ),
    );
  }

  /** @param {Run} run */
  function runName(run) {
    const key = `run.${run.mode}`;
    return t(ui.hasText(key) ? key : "run.other");
  }

  /** @param {{status: Status, act: Action}} props */
  function Progress({ status, act }) {
    const run = status.runs.filter((one) => one.finished === null && !one.cancelled).pop();
    if (!run) return null;
    const { done, total } = run;
    const figures = [t("run.progress", { done, total })];
    if (status.speed) figures.push(t("run.speed", { speed: status.speed }));
    if (status.seconds_left) figures.push(t("run.left", { time: ui.lasting(status.seconds_left) }));
    const stop = async () => {
      await ui.operation({ mode: "stop", id: run.id });
      return t("run.stopped");
    };
    return h(
      "div",
      { className: "plexsync-run" },
      h(
        "div",
        { className: "plexsync-row" },
        h("strong", { className: "plexsync-grow" }, runName(run)),
        h(ui.SayButton, {
          label: t("run.stop"),
          icon: "faStop",
          disabled: act.busy,
          onClick: () => act.run(stop),
        }),
      ),
      h(
        "div",
        { className: "progress" },
        h("div", {
          className: "progress-bar",
          role: "progressbar",
          style: { width: `${(100 * done) / Math.max(total, 1)}%` },
          "aria-label": runName(run),
          "aria-valuenow": done,
          "aria-valuemin": 0,
          "aria-valuemax": total,
        }),
      ),
      h("p", { className: "text-muted" }, figures.join(" · ")),
    );
  }

  /** @param {{event: SyncEvent, linked: boolean}} props */
  function Line({ event, linked }) {
    return h(
      "li",
      null,
      h("span", { className: "plexsync-time" }, h(ui.When, { at: event.at })),
      linked && h("span", { className: "plexsync-scene" }, h(ui.SceneLink, { id: event.scene_id })),
      h("span", { className: "plexsync-text" }, event.text || event.kind),
    );
  }

  /** @type {PlexSyncUi["Events"]} */
  function Events({ events, linked }) {
    const [all, setAll] = useState(false);
    if (!events.length) return h("p", { className: "text-muted" }, t("events.none"));
    const shown = all ? events : events.slice(0, SHOWN_EVENTS);
    return h(
      Fragment,
      null,
      h(
        "ol",
        { className: "plexsync-events" },
        shown.map((one, index) =>
          h(Line, { key: `${one.at} ${one.scene_id} ${index}`, event: one, linked }),
        ),
      ),
      shown.length < events.length &&
        h(ui.SayButton, {
          label: t("show.all", { count: events.length }),
          onClick: () => setAll(true),
        }),
    );
  }

  /** @param {{status: Status, refresh: () => void, go: Go}} props */
  function Glance({ status, refresh }) {
    const act = ui.useAction(refresh);
    const { light } = status;
    return h(
      Card,
      { className: "plexsync-glance" },
      h(
        Card.Body,
        null,
        h(Light, light, h(Pause, { status })),
        h(Progress, { status, act }),
        h(Counts, { counts: status.counts }),
        h(ui.Actions, { status, act, refresh }),
      ),
    );
  }

  /** @type {PlexSyncUi["State"]} */
  function State({ status, refresh, go }) {
    return h(
      Fragment,
      null,
      h(ui.Guard, null, h(Glance, { status, refresh, go })),
      h(ui.Guard, null, h(ui.Troubles, { troubles: status.troubles, refresh, go })),
      h(
        ui.Guard,
        null,
        h(
          ui.Section,
          { id: "events", title: t("events.title") },
          h(Events, { events: status.events, linked: true }),
        ),
      ),
    );
  }

  Object.assign(ui, { lights: LIGHTS, Light, Events, State, runName });
})(window.PlexSyncUi);
