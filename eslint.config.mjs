import js from "@eslint/js";
import globals from "globals";

const rules = {
  ...js.configs.recommended.rules,
  "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
  eqeqeq: "error",
  "no-var": "error",
  "prefer-const": "error",
  "no-implicit-globals": "error",
  "no-eval": "error",
  // A server's text is never markup.
  "no-restricted-syntax": [
    "error",
    { selector: "[name='dangerouslySetInnerHTML']", message: "show text as text" },
    { selector: "[name=/^(inner|outer)HTML$|^insertAdjacentHTML$/]", message: "show text as text" },
  ],
};

export default [
  {
    files: ["ui/*.js"],
    languageOptions: { sourceType: "script", ecmaVersion: 2022, globals: globals.browser },
    rules,
  },
  {
    files: ["tests/browser/host/*.{js,jsx}"],
    languageOptions: {
      sourceType: "module",
      ecmaVersion: 2022,
      globals: globals.browser,
      parserOptions: { ecmaFeatures: { jsx: true } },
    },
    // Without a rule that knows JSX, every component looks unused.
    rules: { ...rules, "no-unused-vars": "off" },
  },
  {
    files: ["**/*.mjs"],
    languageOptions: { sourceType: "module", ecmaVersion: 2022, globals: globals.node },
    rules,
  },
];
