/** What every room of the page is made of. Text from servers is only ever a child of an element. */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { React, libraries } = window.PluginApi;
  const { Alert, Button, Card, Spinner } = libraries.Bootstrap;
  const { FontAwesomeIcon } = libraries.ReactFontAwesome;
  const { Link } = libraries.ReactRouterDOM;
  const { useEffect, useRef, useState } = React;
  const h = React.createElement;
  const t = ui.text;

  /** @type {Array<[Intl.RelativeTimeFormatUnit, number]>} */
  const UNITS = [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
    ["second", 1],
  ];
  const relative = new Intl.RelativeTimeFormat(ui.locale, { numeric: "auto" });
  const exact = new Intl.DateTimeFormat(ui.locale, { dateStyle: "medium", timeStyle: "medium" });

  /** @type {PlexSyncUi["ago"]} */
  function ago(seconds) {
    const distance = Math.round(seconds - Date.now() / 1000);
    const [unit, length] = UNITS.find(([, one]) => Math.abs(distance) >= one) || ["second", 1];
    return relative.format(Math.round(distance / length), unit);
  }

  /** @type {PlexSyncUi["lasting"]} */
  function lasting(seconds) {
    const [unit, length] = UNITS.find(([, one]) => seconds >= one * 1.5) || ["second", 1];
    const format = { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 };
    return new Intl.NumberFormat(ui.locale, /** @type {any} */ (format)).format(
      Math.max(1, Math.round(seconds / length)),
    );
  }

  /** @type {PlexSyncUi["When"]} */
  function When({ at }) {
    const date = new Date(at * 1000);
    return h("time", { dateTime: date.toISOString(), title: exact.format(date) }, ago(at));
  }

  /** @type {PlexSyncUi["Icon"]} */
  function Icon({ name, spin, className }) {
    const icon = libraries.FontAwesomeSolid[name];
    if (!icon) return null;
    return h(FontAwesomeIcon, { icon, spin, className, fixedWidth: true, "aria-hidden": true });
  }

  /** @type {PlexSyncUi["Section"]} */
  function Section({ id, title, aside, children }) {
    const heading = `plexsync-${id}`;
    return h(
      "section",
      { className: "plexsync-section", "aria-labelledby": heading },
      h(
        "div",
        { className: "plexsync-heading" },
        h("h2", { id: heading, tabIndex: -1 }, title),
        aside,
      ),
      h(Card, null, h(Card.Body, null, children)),
    );
  }

  /** A part that throws says so in its place; what is around it goes on. */
  class Guard extends React.Component {
    /** @param {{children?: React.ReactNode}} props */
    constructor(props) {
      super(props);
      /** @type {{error: unknown}} */
      this.state = { error: null };
    }

    /** @param {unknown} error */
    static getDerivedStateFromError(error) {
      return { error };
    }

    render() {
      const { error } = /** @type {{error: unknown}} */ (this.state);
      if (error === null) return this.props.children || null;
      const message = ui.messageOf(error);
      return h(
        Alert,
        { variant: "warning" },
        t("part.failed", { message }),
        " ",
        h(Button, { size: "sm", onClick: () => this.setState({ error: null }) }, t("again")),
      );
    }
  }

  /** @type {PlexSyncUi["SceneLink"]} */
  function SceneLink({ id, children }) {
    return h(
      Link,
      { to: `/scenes/${Number(id)}` },
      children || t("scene.link", { id: String(id) }),
    );
  }

  /** @type {PlexSyncUi["OutLink"]} */
  function OutLink({ href, children }) {
    const safe = ui.safeLink(href);
    if (!safe) return h("span", null, children);
    return h("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, children);
  }

  /** @type {PlexSyncUi["Waiting"]} */
  function Waiting({ children }) {
    return h(
      "p",
      { className: "plexsync-waiting", role: "status" },
      h(Spinner, { as: "span", animation: "border", size: "sm", "aria-hidden": true }),
      " ",
      children || t("loading"),
    );
  }

  /** What an action came to. The place is there before the words, so that they are read out. */
  /** @type {PlexSyncUi["Outcome"]} */
  function Outcome({ action }) {
    return h(
      "div",
      { "aria-live": "polite", className: "plexsync-outcome" },
      action.error &&
        h(
          Alert,
          { variant: "danger" },
          h(Icon, { name: "faTriangleExclamation" }),
          " ",
          action.error,
        ),
      action.note &&
        h("p", { className: "plexsync-note" }, h(Icon, { name: "faCheck" }), " ", action.note),
    );
  }

  /** A question in place, with the focus on the careful answer. */
  /** @type {PlexSyncUi["Confirm"]} */
  function Confirm({ question, yes, onYes, onNo }) {
    const no = useRef(/** @type {HTMLButtonElement | null} */ (null));
    useEffect(() => no.current?.focus(), []);
    return h(
      "div",
      { className: "plexsync-confirm", role: "alertdialog", "aria-label": question },
      h("span", null, question),
      h(
        "span",
        { className: "plexsync-buttons" },
        h(Button, { size: "sm", variant: "danger", onClick: onYes }, yes),
        h(Button, { size: "sm", variant: "secondary", onClick: onNo, ref: no }, t("cancel")),
      ),
    );
  }

  /** @type {PlexSyncUi["SayButton"]} */
  function SayButton({ icon, label, title, ...rest }) {
    return h(
      Button,
      /** @type {any} */ ({
        variant: "secondary",
        size: "sm",
        "aria-label": title,
        title,
        ...rest,
      }),
      icon && h(Icon, { name: icon }),
      icon && " ",
      label,
    );
  }

  /** The one that moves is announced; who shows it decides when. */
  /** @type {PlexSyncUi["Candidates"]} */
  function Candidates({ candidates, chosen, onChoose, busy }) {
    const [picked, setPicked] = useState(0);
    const choose = (/** @type {number} */ key) => {
      setPicked(key);
      onChoose(key);
    };
    return h(
      "ul",
      { className: "plexsync-candidates", "aria-label": t("trouble.candidates") },
      candidates.map((one) =>
        h(
          "li",
          { key: one.rating_key },
          h(
            "div",
            { className: "plexsync-grow" },
            h("div", null, one.title, " ", h("span", { className: "text-muted" }, one.library)),
            h("div", { className: "plexsync-path" }, one.path),
          ),
          h(ui.SayButton, {
            label: t(chosen === one.rating_key ? "candidate.chosen" : "candidate.choose"),
            title: t(
              chosen === one.rating_key ? "candidate.chosen.label" : "candidate.choose.label",
              { title: one.title, library: one.library },
            ),
            icon: chosen === one.rating_key ? "faCheck" : undefined,
            disabled: busy && picked === one.rating_key,
            onClick: () => choose(one.rating_key),
          }),
        ),
      ),
    );
  }

  Object.assign(ui, {
    h,
    ago,
    lasting,
    When,
    Icon,
    Section,
    Guard,
    SceneLink,
    OutLink,
    Waiting,
    Outcome,
    Confirm,
    SayButton,
    Candidates,
  });
})(window.PlexSyncUi);
