/** React hooks: looking again while visible, doing one thing at a time, waiting for results. */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { useCallback, useEffect, useRef, useState } = window.PluginApi.React;
  const QUICK_MS = 2000;
  const CALM_MS = 15000;

  /** @param {unknown} error */
  function messageOf(error) {
    return error instanceof Error ? error.message : String(error);
  }

  function useAlive() {
    const alive = useRef(true);
    useEffect(() => {
      alive.current = true;
      return () => {
        alive.current = false;
      };
    }, []);
    return alive;
  }

  /** @type {PlexSyncUi["usePolled"]} */
  function usePolled(look, moves) {
    const [seen, setSeen] = useState(
      /** @type {{answer: any, error: string}} */ ({ answer: null, error: "" }),
    );
    const given = useRef({ look, moves });
    given.current = { look, moves };
    const again = useRef(() => {});
    useEffect(() => {
      let timer = 0;
      let round = 0;
      async function next() {
        window.clearTimeout(timer);
        round += 1;
        const mine = round;
        let wait = CALM_MS;
        try {
          const answer = await given.current.look();
          if (mine !== round) return;
          setSeen({ answer, error: "" });
          wait = given.current.moves(answer) ? QUICK_MS : CALM_MS;
        } catch (error) {
          if (mine !== round) return;
          setSeen((last) => ({ answer: last.answer, error: messageOf(error) }));
        }
        if (!document.hidden) timer = window.setTimeout(next, wait);
      }
      function onVisibility() {
        window.clearTimeout(timer);
        if (!document.hidden) void next();
      }
      document.addEventListener("visibilitychange", onVisibility);
      again.current = next;
      void next();
      return () => {
        round = -1;
        window.clearTimeout(timer);
        document.removeEventListener("visibilitychange", onVisibility);
      };
    }, []);
    const refresh = useCallback(() => void again.current(), []);
    return { ...seen, refresh };
  }

  /** @type {PlexSyncUi["useAction"]} */
  function useAction(afterwards) {
    const [state, setState] = useState({ busy: false, error: "", note: "" });
    const alive = useAlive();
    async function run(/** @type {() => Promise<string | void>} */ act) {
      setState({ busy: true, error: "", note: "" });
      try {
        const note = (await act()) || "";
        if (alive.current) setState({ busy: false, error: "", note });
      } catch (error) {
        if (alive.current) setState({ busy: false, error: messageOf(error), note: "" });
      }
      if (alive.current && afterwards) afterwards();
    }
    return { ...state, run };
  }

  /** @type {{waiting: boolean, answer: any, progress: Asked["progress"], error: string}} */
  const NOT_ASKED = { waiting: false, answer: null, progress: null, error: "" };

  /** @type {PlexSyncUi["useAsked"]} */
  function useAsked() {
    const [state, setState] = useState(NOT_ASKED);
    const turn = useRef(0);
    useEffect(
      () => () => {
        turn.current = -1;
      },
      [],
    );
    const ask = useCallback(async (/** @type {Args} */ args) => {
      if (turn.current < 0) return null; // whoever would show the answer is gone
      turn.current += 1;
      const mine = turn.current;
      const isWanted = () => mine === turn.current;
      setState({ ...NOT_ASKED, waiting: true });
      try {
        const answer = await ui.ask(args, {
          isWanted,
          onProgress: (progress) =>
            isWanted() && setState({ ...NOT_ASKED, waiting: true, progress }),
        });
        if (isWanted()) setState({ ...NOT_ASKED, answer });
        return answer;
      } catch (error) {
        if (isWanted()) setState({ ...NOT_ASKED, error: messageOf(error) });
        return null;
      }
    }, []);
    const forget = useCallback(() => {
      turn.current += 1;
      setState(NOT_ASKED);
    }, []);
    return { ...state, ask, forget };
  }

  Object.assign(ui, { messageOf, usePolled, useAction, useAsked });
})(window.PlexSyncUi);
