/**
 * Everything that leaves the page goes through here: operations of the plugin, and Stash's own
 * settings of it. An error is an Error with one sentence for a person.
 */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const PLUGIN = "PlexSync";
  const FIRST_LOOK_MS = 250;
  const LONGEST_PAUSE_MS = 2000;

  function endpoint() {
    // Stash may live below a path; its page says so in <base>.
    return new URL("graphql", document.baseURI).toString();
  }

  /** @type {PlexSyncUi["graphql"]} */
  async function graphql(query, variables = {}) {
    const response = await fetch(endpoint(), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "same-origin",
      body: JSON.stringify({ query, variables }),
    }).catch(() => {
      throw new Error(ui.text("stash.silent"));
    });
    const answer = await response.json().catch(() => null);
    const told = answer && answer.errors && answer.errors[0];
    if (told) throw new Error(String(told.message));
    if (!response.ok || !answer)
      throw new Error(ui.text("stash.status", { status: response.status }));
    return answer.data;
  }

  /** @type {PlexSyncUi["operation"]} */
  async function operation(args) {
    const query = "mutation($id:ID!,$args:Map!){runPluginOperation(plugin_id:$id,args:$args)}";
    const data = await graphql(query, { id: PLUGIN, args });
    return data.runPluginOperation;
  }

  /** @param {number} ms */
  function pause(ms) {
    return new Promise((resolve) => window.setTimeout(resolve, ms));
  }

  /** While nobody looks, nobody asks. */
  function untilSeen() {
    return new Promise((resolve) => {
      const look = () => {
        if (document.hidden) return;
        document.removeEventListener("visibilitychange", look);
        resolve(undefined);
      };
      document.addEventListener("visibilitychange", look);
      look();
    });
  }

  /** @type {PlexSyncUi["ask"]} */
  async function ask(args, { onProgress, isWanted }) {
    const begun = await operation(args);
    const { id } = begun;
    if (id === undefined) return begun; // what is known already is answered at once
    let wait = FIRST_LOOK_MS;
    while (isWanted()) {
      const told = await operation({ mode: "result", id });
      if (told.done) {
        // The test of a connection is an answer also where it tells of an error.
        const { error, ok } = told.result || {};
        if (error && ok === undefined) throw new Error(String(error));
        return told.result;
      }
      onProgress(told);
      await pause(wait);
      await untilSeen();
      wait = Math.min(LONGEST_PAUSE_MS, wait * 1.5);
    }
    return null;
  }

  /** @type {PlexSyncUi["readSettings"]} */
  async function readSettings(plugin = PLUGIN) {
    const query = "query($ids:[ID!]){configuration{plugins(include:$ids)}}";
    const data = await graphql(query, { ids: [plugin] });
    return data.configuration.plugins[plugin] || {};
  }

  /** Stash's own pages show what its Apollo cache holds: let them read what was stored here. */
  async function refreshStash() {
    try {
      const client = window.PluginApi.utils.StashService.getClient();
      await client.refetchQueries({ include: [window.PluginApi.GQL.ConfigurationDocument] });
      client.cache.evict({ id: "ROOT_QUERY", fieldName: "configuration" });
    } catch {
      // A Stash without these members reads its settings anew when the page is loaded.
    }
  }

  /** @type {PlexSyncUi["saveSettings"]} */
  async function saveSettings(changes) {
    // Stash overwrites the whole map: what is stored now goes along.
    const input = { ...(await readSettings()), ...changes };
    const query = "mutation($id:ID!,$input:Map!){configurePlugin(plugin_id:$id,input:$input)}";
    await graphql(query, { id: PLUGIN, input });
    await refreshStash();
    // The worker reads the settings with its next look: let that be now.
    await operation({ mode: "wake" });
  }

  /** @type {PlexSyncUi["safeLink"]} */
  function safeLink(address) {
    try {
      const url = new URL(address);
      return ["http:", "https:"].includes(url.protocol) ? url.toString() : "";
    } catch {
      return "";
    }
  }

  Object.assign(ui, { graphql, operation, ask, readSettings, saveSettings, safeLink });
})(window.PlexSyncUi);
