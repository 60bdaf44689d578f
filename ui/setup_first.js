/** The last three steps: what is where, a preview of ten scenes, and the first that is written. */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { Alert, Button, Form, InputGroup } = window.PluginApi.libraries.Bootstrap;
  const { Fragment, useEffect, useState } = window.PluginApi.React;
  const { h, text: t } = ui;
  const PREVIEWED = 10;
  // Scenes a second of a first run: where Plex is slow, and where it answers at once. What a run
  // here was measured at tells more.
  const SLOW = 15;
  const QUICK = 300;

  const asSetting = (/** @type {string} */ lines) =>
    lines
      .split("\n")
      .map((one) => one.trim())
      .filter(Boolean)
      .join("; ");

  /** @param {{title: string, lines: string[]}} props */
  function Examples({ title, lines }) {
    if (!lines || !lines.length) return null;
    return h(
      "details",
      { className: "plexsync-examples" },
      h("summary", null, title),
      h(
        "ul",
        null,
        lines
          .slice(0, 5)
          .map((one) => h("li", { key: String(one), className: "plexsync-path" }, String(one))),
      ),
    );
  }

  /** @param {{answer: any}} props */
  function Detected({ answer }) {
    if (!answer) return null;
    const { pairs, coverage, sampled, is_sure: isSure } = answer;
    return h(
      Alert,
      { variant: isSure ? "success" : "info" },
      pairs.length
        ? t(isSure ? "setup.paths.sure" : "setup.paths.unsure", {
            percent: Math.round(coverage * 100),
            sampled,
          })
        : t("setup.paths.none"),
      (answer.sentences || []).map((/** @type {string} */ one) => h("div", { key: one }, one)),
      h(Examples, { title: t("setup.paths.matched"), lines: answer.matched_examples }),
      h(Examples, { title: t("setup.paths.unmatched"), lines: answer.unmatched_examples }),
    );
  }

  /** @param {{mapping: string}} props */
  function TestPath({ mapping }) {
    const [path, setPath] = useState("");
    const asked = ui.useAsked();
    const { answer } = asked;
    return h(
      Form,
      {
        onSubmit: (/** @type {Submitted} */ event) => {
          event.preventDefault();
          void asked.ask({ mode: "test_path", path, mapping });
        },
      },
      h(Form.Label, { htmlFor: "plexsync-path" }, t("setup.paths.test")),
      h(
        InputGroup,
        null,
        h(Form.Control, {
          id: "plexsync-path",
          value: path,
          placeholder: "/data/scene.mp4",
          onChange: (/** @type {Typed} */ event) => setPath(event.target.value),
        }),
        h(
          InputGroup.Append,
          null,
          h(
            Button,
            { type: "submit", variant: "secondary", disabled: !path || asked.waiting },
            t("setup.test"),
          ),
        ),
      ),
      h(ui.Asking, { asked, working: t("setup.paths.testing") }),
      answer &&
        h(
          "p",
          { role: "status" },
          answer.sentence,
          answer.mapped && h("span", { className: "plexsync-path" }, ` ${answer.mapped}`),
        ),
    );
  }

  /** @param {StepProps} props */
  function Paths({ next, place }) {
    const asked = ui.useAsked();
    const act = ui.useAction();
    const [lines, setLines] = useState(/** @type {string | null} */ (null));
    const [stored, setStored] = useState("");
    useEffect(() => {
      let current = true;
      void asked.ask({ mode: "detect_paths" });
      void ui
        .readSettings()
        .then((told) => current && setStored(String(told.pathMappings || "")))
        .catch(() => {}); // what was detected is shown without it
      return () => {
        current = false;
      };
    }, []);
    const detected = asked.answer
      ? asked.answer.pairs.map((/** @type {string[]} */ pair) => pair.join(" => "))
      : [];
    const known = stored ? stored.split(";").map((one) => one.trim()) : detected;
    const missing =
      place.folder && !known.some((/** @type {string} */ one) => one.startsWith(place.folder));
    const proposed = [...known, ...(missing ? [`${place.folder} => `] : [])].join("\n");
    const shown = lines === null ? proposed : lines;
    const save = () =>
      act.run(async () => {
        await ui.saveSettings({ pathMappings: asSetting(shown) });
        next();
      });
    return h(
      Fragment,
      null,
      h(ui.Asking, { asked, working: t("setup.paths.detecting") }),
      h(Detected, { answer: asked.answer }),
      h(Form.Label, { htmlFor: "plexsync-mapping" }, t("setup.paths.mapping")),
      h(Form.Control, {
        as: "textarea",
        id: "plexsync-mapping",
        rows: 3,
        value: shown,
        placeholder: "/data/stash => /media/plex",
        onChange: (/** @type {Typed} */ event) => setLines(event.target.value),
      }),
      h(Form.Text, { className: "text-muted" }, t("setup.paths.lines")),
      h(TestPath, { mapping: asSetting(shown) }),
      h(ui.Outcome, { action: act }),
      h(Button, { disabled: act.busy || asked.waiting, onClick: save }, t("setup.save.next")),
    );
  }

  async function someScenes() {
    const query =
      'query($n:Int!){findScenes(filter:{per_page:$n,sort:"updated_at",direction:DESC}){count scenes{id}}}';
    const { findScenes } = await ui.graphql(query, { n: PREVIEWED });
    return {
      count: findScenes.count,
      ids: findScenes.scenes.map((/** @type {any} */ one) => Number(one.id)),
    };
  }

  /** @param {StepProps} props */
  function Preview({ next }) {
    const asked = ui.useAsked();
    const act = ui.useAction();
    const look = () =>
      act.run(async () => {
        const { ids } = await someScenes();
        if (!ids.length) return t("setup.preview.empty");
        void asked.ask({ mode: "preview", ids });
        return "";
      });
    useEffect(() => void look(), []);
    const scenes = (asked.answer && asked.answer.scenes) || [];
    return h(
      Fragment,
      null,
      h(ui.Asking, { asked, working: t("setup.preview.working") }),
      h(ui.Outcome, { action: act }),
      scenes.map((/** @type {any} */ one) =>
        h(ui.PreviewedScene, { key: one.scene_id, scene: one }),
      ),
      asked.answer &&
        h(
          "div",
          { className: "plexsync-buttons" },
          h(Button, { onClick: next }, t("setup.next")),
          h(Button, { variant: "secondary", onClick: look }, t("again")),
        ),
    );
  }

  /** How long all scenes will take. */
  /** @param {number} count @param {number | null} rate */
  function untilDone(count, rate) {
    if (rate) return t("setup.first.measured", { time: ui.lasting(count / rate) });
    const [least, most] = [ui.lasting(count / QUICK), ui.lasting(count / SLOW)];
    return least === most
      ? t("setup.first.about_so", { time: most })
      : t("setup.first.between", { least, most });
  }

  /** @param {StepProps} props */
  function First({ end, refresh, go }) {
    const [count, setCount] = useState(/** @type {number | null} */ (null));
    const [rate, setRate] = useState(/** @type {number | null} */ (null));
    const [one, setOne] = useState(0);
    const [done, setDone] = useState(/** @type {any} */ (null));
    const act = ui.useAction(refresh);
    const asked = ui.useAsked();
    useEffect(() => {
      let current = true;
      void act.run(async () => {
        const [told, status] = await Promise.all([someScenes(), ui.operation({ mode: "status" })]);
        if (!current) return;
        setRate(status.rate);
        setCount(told.count);
        if (!told.ids.length) return;
        const preview = await asked.ask({ mode: "preview", ids: told.ids });
        const changed = ((preview && preview.scenes) || []).find(
          (/** @type {any} */ scene) => scene.kind === "changed",
        );
        if (current) setOne(changed ? changed.scene_id : told.ids[0]);
      });
      return () => {
        current = false;
      };
    }, []);
    const syncOne = () =>
      act.run(async () => {
        await ui.tellSetup("touch", "first"); // the one step in which something may be written
        await ui.operation({ mode: "sync", ids: [one] });
        setDone({ id: one });
      });
    const syncAll = () =>
      act.run(async () => {
        await ui.tellSetup("finish", "first");
        await ui.operation({ mode: "start", what: "sync_all" });
        go("state");
      });
    return h(
      Fragment,
      null,
      asked.waiting && h(ui.Waiting, null, t("setup.first.choosing")),
      h(
        "div",
        { className: "plexsync-choice" },
        h(
          "div",
          { className: "plexsync-grow" },
          h("strong", null, t("setup.first.one")),
          h(
            "div",
            { className: "text-muted" },
            one ? t("setup.first.one.about", { id: String(one) }) : t("setup.preview.empty"),
          ),
        ),
        h(
          Button,
          { disabled: !one || act.busy || asked.waiting, onClick: syncOne },
          t("setup.first.one.do"),
        ),
      ),
      done &&
        h(
          Alert,
          { variant: "success" },
          t("setup.first.sent"),
          " ",
          h(ui.SceneLink, { id: done.id }),
        ),
      h(
        "div",
        { className: "plexsync-choice" },
        h(
          "div",
          { className: "plexsync-grow" },
          h("strong", null, t("setup.first.all")),
          count !== null &&
            h(
              "div",
              { className: "text-muted" },
              t("setup.first.all.about", { count, time: untilDone(count, rate) }),
            ),
        ),
        h(Button, { disabled: act.busy || !count, onClick: syncAll }, t("do.sync_all")),
      ),
      h(ui.Outcome, { action: act }),
      h(Button, { variant: "secondary", onClick: () => end("finish") }, t("setup.finish")),
    );
  }

  Object.assign(ui.setupSteps, { paths: Paths, preview: Preview, first: First });
})(window.PlexSyncUi);
