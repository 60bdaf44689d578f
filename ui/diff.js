/** Stash | Plex | will be, field by field, with locks and whose value it is. */
(function (/** @type {PlexSyncUi} */ ui) {
  "use strict";

  const { Badge, Table } = window.PluginApi.libraries.Bootstrap;
  const { h, text: t } = ui;

  const fieldName = (/** @type {string} */ field) =>
    ui.hasText(`field.${field}`) ? t(`field.${field}`) : field;

  /** @param {{row: PreviewRow}} props */
  function Mark({ row }) {
    return h(
      "span",
      { className: "plexsync-marks" },
      row.locked &&
        h(
          "span",
          { title: t("scene.locked") },
          h(ui.Icon, { name: "faLock" }),
          h("span", { className: "sr-only" }, t("scene.locked")),
        ),
      row.whose &&
        h(
          "span",
          { className: row.whose === "person" ? "plexsync-advice" : "" },
          t(`whose.${row.whose}`),
        ),
    );
  }

  /** @param {{rows: PreviewRow[]}} props */
  function Rows({ rows }) {
    return h(
      Table,
      { className: "plexsync-diff" },
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          ["field", "stash", "plex", "will_be"].map((one) =>
            h("th", { key: one, scope: "col" }, t(`diff.${one}`)),
          ),
        ),
      ),
      h(
        "tbody",
        null,
        rows.map((row) => {
          const changes = row.plex !== row.will_be;
          return h(
            "tr",
            { key: row.field, className: changes ? "plexsync-changes" : "" },
            h("th", { scope: "row" }, fieldName(row.field), h(Mark, { row })),
            h("td", { "data-label": t("diff.stash") }, row.stash),
            h("td", { "data-label": t("diff.plex") }, row.plex),
            h(
              "td",
              { "data-label": t("diff.will_be") },
              changes
                ? h("strong", null, row.will_be || t("diff.empty"))
                : h("span", { className: "text-muted" }, t("diff.same")),
            ),
          );
        }),
      ),
    );
  }

  /** @param {{item: PreviewItem}} props */
  function Item({ item }) {
    const rows = (item.rows || []).filter((row) => row.stash || row.plex || row.will_be);
    const fields = Object.entries(item.fields || {});
    return h(
      "div",
      null,
      rows.length > 0 && h(Rows, { rows }),
      !rows.length &&
        fields.map(([field, one]) =>
          h(
            "p",
            { key: field },
            h("strong", null, fieldName(field)),
            ` ${one.plex} → ${one.will_be}`,
          ),
        ),
      item.pictures.length > 0 &&
        h(
          "p",
          { className: "text-muted" },
          t("diff.pictures", { names: item.pictures.map((one) => t(`picture.${one}`)).join(", ") }),
        ),
      item.kept.length > 0 &&
        h(
          "p",
          { className: "text-muted" },
          t("diff.kept", { names: item.kept.map(fieldName).join(", ") }),
        ),
    );
  }

  /** @type {PlexSyncUi["PreviewedScene"]} */
  function PreviewedScene({ scene, bare }) {
    const body = [
      scene.items.map((one) => h(Item, { key: one.rating_key, item: one })),
      !scene.items.length && h("p", { key: "why", className: "text-muted" }, scene.text),
    ];
    if (bare) return h("div", null, body);
    return h(
      "details",
      { className: "plexsync-previewed", open: scene.kind === "changed" },
      h(
        "summary",
        null,
        h("span", null, scene.title || t("scene.link", { id: String(scene.scene_id) })),
        " ",
        h(
          Badge,
          { variant: scene.kind === "changed" ? "primary" : "secondary" },
          t(`kind.${scene.kind}`),
        ),
      ),
      body,
    );
  }

  Object.assign(ui, { fieldName, PreviewedScene });
})(window.PlexSyncUi);
