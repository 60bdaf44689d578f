/** The first two steps: which Plex, and with which token. */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { Alert, Button, Form, InputGroup } = window.PluginApi.libraries.Bootstrap;
  const { Fragment, useEffect, useState } = window.PluginApi.React;
  const { h, text: t } = ui;

  const TRIES = 4;
  const TRY_MS = 500;

  /** @param {{asked: Asked, working: string}} props */
  function Asking({ asked, working }) {
    const pause = asked.progress && asked.progress.pause;
    return h(
      "div",
      { "aria-live": "polite" },
      asked.waiting && h(ui.Waiting, null, working, pause && ` ${pause.message}`),
      asked.error && h(Alert, { variant: "danger" }, asked.error),
    );
  }

  /** @param {{answer: any}} props */
  function Tested({ answer }) {
    if (!answer) return null;
    if (!answer.ok)
      return h(Alert, { variant: "warning" }, answer.error, answer.remedy && ` ${answer.remedy}`);
    return h(
      Alert,
      { variant: "success" },
      h(ui.Icon, { name: "faCheck" }),
      " ",
      t("setup.plex.answers", { name: answer.name || answer.url, version: answer.version }),
    );
  }

  /** @param {StepProps} props */
  function Plex({ next }) {
    const [url, setUrl] = useState("");
    const found = ui.useAsked();
    const tested = ui.useAsked();
    const act = ui.useAction();
    useEffect(() => {
      void found.ask({ mode: "find_plex" });
      void Promise.all([ui.readSettings(), ui.operation({ mode: "settings" })])
        .then(([stored, told]) => setUrl((typed) => typed || stored.plexUrl || told.plex_url))
        .catch(() => {}); // the field stays empty; the search goes on
    }, []);
    const use = (/** @type {string} */ address) =>
      act.run(async () => {
        await ui.saveSettings({ plexUrl: address.trim() });
        next();
      });
    const servers = (found.answer && found.answer.servers) || [];
    return h(
      Fragment,
      null,
      h(Asking, { asked: found, working: t("setup.plex.finding") }),
      servers.map((/** @type {any} */ one) =>
        h(
          "div",
          { key: one.url, className: "plexsync-choice" },
          h(
            "div",
            { className: "plexsync-grow" },
            h("strong", null, one.name || one.url),
            h("div", { className: "text-muted" }, `${one.url} · Plex ${one.version}`),
            one.claimed === false && h("div", null, t("setup.plex.unclaimed")),
          ),
          h(Button, { disabled: act.busy, onClick: () => use(one.url) }, t("setup.use")),
        ),
      ),
      found.answer && !servers.length && h(Alert, { variant: "info" }, t("setup.plex.none")),
      h(
        Form,
        {
          onSubmit: (/** @type {Submitted} */ event) => {
            event.preventDefault();
            void use(url);
          },
        },
        h(Form.Label, { htmlFor: "plexsync-url" }, t("setup.plex.address")),
        h(
          InputGroup,
          null,
          h(Form.Control, {
            id: "plexsync-url",
            value: url,
            placeholder: "http://192.168.1.5:32400",
            onChange: (/** @type {Typed} */ event) => setUrl(event.target.value),
          }),
          h(
            InputGroup.Append,
            null,
            h(
              Button,
              {
                variant: "secondary",
                disabled: !url || tested.waiting,
                onClick: () => void tested.ask({ mode: "test_plex", url }),
              },
              t("setup.test"),
            ),
            h(Button, { type: "submit", disabled: !url || act.busy }, t("setup.save")),
          ),
        ),
      ),
      h(Asking, { asked: tested, working: t("setup.plex.testing") }),
      h(Tested, { answer: tested.answer }),
      h(ui.Outcome, { action: act }),
    );
  }

  /** @param {{signIn: Asked}} props */
  function SignIn({ signIn }) {
    const told = signIn.answer || (signIn.progress && signIn.progress.result);
    if (!told) return h(Asking, { asked: signIn, working: t("setup.token.asking") });
    if (told.state === "good") return h(Alert, { variant: "success" }, t("setup.token.signed"));
    if (told.state !== "waiting")
      return h(
        Alert,
        { variant: "warning" },
        t(told.state === "expired" ? "setup.token.expired" : "setup.token.cancelled"),
      );
    return h(
      "div",
      { className: "plexsync-code", role: "status" },
      h("p", null, t("setup.token.code"), " ", h(ui.OutLink, { href: told.link }, told.link)),
      h("p", { className: "plexsync-pin" }, told.code),
      h(ui.Waiting, null, t("setup.token.waiting")),
    );
  }

  /** @param {StepProps} props */
  function Token({ next }) {
    const [token, setToken] = useState("");
    const tested = ui.useAsked();
    const signIn = ui.useAsked();
    const act = ui.useAction();
    const test = () => tested.ask({ mode: "test_plex" });
    useEffect(() => void test(), []);
    /** The worker hears of a token a moment after it was kept: a first "no" may be of the old one. */
    const testNew = async () => {
      let told = await test();
      for (let tries = 1; tries < TRIES && told && told.token !== "good"; tries += 1) {
        await new Promise((resolve) => window.setTimeout(resolve, TRY_MS));
        told = await test();
      }
      return told && told.token === "good";
    };
    const save = () =>
      act.run(async () => {
        await ui.operation({ mode: "set_token", token: token.trim() });
        setToken("");
        if (await testNew()) next();
      });
    const begin = async () => {
      const told = await signIn.ask({ mode: "sign_in" });
      if (told && told.state === "good") await testNew();
    };
    const state = tested.answer ? tested.answer.token : "";
    return h(
      Fragment,
      null,
      h(Asking, { asked: tested, working: t("setup.token.testing") }),
      tested.answer &&
        !tested.answer.ok &&
        state !== "refused" &&
        h(Tested, { answer: tested.answer }),
      state === "good" &&
        h(
          Alert,
          { variant: "success" },
          h(ui.Icon, { name: "faCheck" }),
          " ",
          t("setup.token.good"),
        ),
      state === "refused" && h(Alert, { variant: "warning" }, t("setup.token.refused")),
      h(
        "div",
        { className: "plexsync-choice" },
        h(
          "div",
          { className: "plexsync-grow" },
          h("strong", null, t("setup.token.sign")),
          h("div", { className: "text-muted" }, t("setup.token.sign.about")),
        ),
        h(
          Button,
          { disabled: signIn.waiting, onClick: () => void begin() },
          t("setup.token.sign.do"),
        ),
      ),
      (signIn.waiting || signIn.answer || signIn.error) && h(SignIn, { signIn }),
      h(
        Form,
        {
          onSubmit: (/** @type {Submitted} */ event) => {
            event.preventDefault();
            void save();
          },
        },
        h(Form.Label, { htmlFor: "plexsync-token" }, t("setup.token.paste")),
        h(
          InputGroup,
          null,
          h(Form.Control, {
            id: "plexsync-token",
            type: "password",
            autoComplete: "off",
            value: token,
            onChange: (/** @type {Typed} */ event) => setToken(event.target.value),
          }),
          h(
            InputGroup.Append,
            null,
            h(Button, { type: "submit", disabled: !token || act.busy }, t("setup.save")),
          ),
        ),
        h(Form.Text, { className: "text-muted" }, t("setup.token.kept")),
      ),
      h(ui.Outcome, { action: act }),
      state === "good" && h(Button, { onClick: next }, t("setup.next")),
    );
  }

  Object.assign(ui, { Asking });
  Object.assign(ui.setupSteps, { plex: Plex, token: Token });
})(window.PlexSyncUi);
