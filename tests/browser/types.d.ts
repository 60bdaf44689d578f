// What the scripts in `ui/` share, and the shapes of docs/operations.md; for the checks alone.
import type * as ApolloModule from "@apollo/client";
import type * as ReactFontAwesomeModule from "@fortawesome/react-fontawesome";
import type * as ReactModule from "react";
import type * as RouterModule from "react-router-dom";

declare global {
  type Sentence = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { other: string });
  type Args = Record<string, unknown>;
  type Value = string | number | boolean;
  type Place = Record<string, string>;
  type Part<P> = (props: P & { children?: ReactModule.ReactNode }) => JSX.Element;
  type Typed = { target: { value: string } };
  type Submitted = { preventDefault(): void };
  type Go = (tab: string, more?: Place) => void;
  type Level = "in_step" | "working" | "waiting" | "needs_you" | "setup" | "off";

  interface Run {
    id: string;
    mode: string;
    started: number;
    total: number;
    done: number;
    finished: number | null;
    cancelled: boolean;
  }

  interface Pause {
    code: string;
    message: string;
    since: number;
    next_probe: number | null;
  }

  interface SyncEvent {
    at: number;
    scene_id: number;
    kind: string;
    text: string;
  }

  interface Trouble {
    code: string;
    about: string;
    count: number;
    sentence: string;
    remedy: string;
    action: string;
  }

  interface Candidate {
    rating_key: number;
    title: string;
    library: string;
    path: string;
  }

  interface TroubledScene {
    scene_id: number;
    message: string;
    paths: string[];
    candidates: Candidate[];
  }

  interface TroublePage {
    total: number;
    page: number;
    scenes: TroubledScene[];
  }

  interface Status {
    light: { level: Level; sentence: string; since: number | null };
    pause: Pause | null;
    held: null | "person" | "setup";
    complaints: string[];
    counts: Record<string, number | null>;
    troubles: Trouble[];
    runs: Run[];
    speed: number;
    seconds_left: number | null;
    rate: number | null;
    events: SyncEvent[];
    setup: { is_open: boolean; is_done: boolean; step: string };
    moves: boolean;
  }

  interface Setting {
    key: string;
    group: string;
    type: "STRING" | "NUMBER" | "BOOLEAN";
    name: string;
    description: string;
    default: string;
    effective: string;
    complaint: string;
  }

  interface Settings {
    settings: Setting[];
    token_is: "setting" | "file" | "missing";
    plex_url: string;
  }

  interface Offer {
    plugin: string;
    old: string;
    was: string;
    setting: string;
    name: string;
    description: string;
    value: string | boolean | null;
  }

  interface SceneTold {
    scene_id: number;
    state: string;
    sentence: string;
    remedy: string;
    synced: number | null;
    next_try: number | null;
    waits: boolean;
    items: { rating_key: number; library: string; part: string; found_by: string; link: string }[];
    candidates: Candidate[];
    chosen: number | null;
    ignored: boolean;
    kept: string[];
    refused: Record<string, string>;
    cut: Record<string, string>;
    events: SyncEvent[];
  }

  interface PreviewRow {
    field: string;
    stash: string;
    plex: string;
    will_be: string;
    locked: boolean;
    whose: string;
  }

  interface PreviewItem {
    rating_key: number;
    title: string;
    kept: string[];
    pictures: string[];
    fields: Record<string, { plex: string; will_be: string }>;
    rows?: PreviewRow[];
  }

  interface PreviewScene {
    scene_id: number;
    title: string;
    kind: string;
    text: string;
    items: PreviewItem[];
  }

  interface Action {
    busy: boolean;
    error: string;
    note: string;
    run: (act: () => Promise<string | void>) => Promise<void>;
  }

  // The answers of commands differ by command: what is read of them is checked where it is shown.
  interface Asked {
    waiting: boolean;
    answer: any;
    progress: { run: Run | null; pause: Pause | null; result: any } | null;
    error: string;
    ask: (args: Args) => Promise<any>;
    forget: () => void;
  }

  interface StepProps {
    status: Status;
    place: Place;
    next: () => void;
    refresh: () => void;
    go: Go;
    end: (what: string) => Promise<void>;
  }

  interface RoomProps {
    status: Status;
    place: Place;
    refresh: () => void;
    go: Go;
  }

  interface PlexSyncUi {
    // texts
    languages: Record<string, Record<string, Sentence>>;
    locale: string;
    text: (key: string, values?: Record<string, string | number>) => string;
    hasText: (key: string) => boolean;
    number: (value: number) => string;
    // api
    graphql: (query: string, variables?: Args) => Promise<any>;
    operation: (args: Args) => Promise<any>;
    ask: (
      args: Args,
      how: { onProgress: (told: any) => void; isWanted: () => boolean },
    ) => Promise<any>;
    readSettings: (plugin?: string) => Promise<Record<string, unknown>>;
    saveSettings: (changes: Record<string, Value>) => Promise<void>;
    safeLink: (address: string) => string;
    // hooks
    messageOf: (error: unknown) => string;
    usePolled: <T = any>(
      look: () => Promise<T>,
      moves: (answer: T) => boolean,
    ) => { answer: T | null; error: string; refresh: () => void };
    useAction: (afterwards?: () => void) => Action;
    useAsked: () => Asked;
    // parts
    h: typeof ReactModule.createElement;
    ago: (seconds: number) => string;
    lasting: (seconds: number) => string;
    When: (props: { at: number }) => JSX.Element;
    Icon: (props: { name: string; spin?: boolean; className?: string }) => JSX.Element | null;
    Section: Part<{ id: string; title: string; aside?: ReactModule.ReactNode }>;
    Guard: ReactModule.ComponentClass<{ children?: ReactModule.ReactNode }>;
    SceneLink: Part<{ id: number }>;
    OutLink: Part<{ href: string }>;
    Waiting: Part<object>;
    Outcome: (props: { action: Action }) => JSX.Element;
    Confirm: (props: {
      question: string;
      yes: string;
      onYes: () => void;
      onNo: () => void;
    }) => JSX.Element;
    SayButton: (props: {
      label: string;
      icon?: string;
      title?: string;
      disabled?: boolean;
      onClick: () => void;
      "aria-expanded"?: boolean;
    }) => JSX.Element;
    Candidates: (props: {
      candidates: Candidate[];
      chosen: number | null;
      onChoose: (key: number) => void;
      busy: boolean;
    }) => JSX.Element;
    // rooms
    Actions: (props: { status: Status; act: Action; refresh: () => void }) => JSX.Element;
    Light: Part<{ level: string; sentence: string; since: number | null }>;
    Events: (props: { events: SyncEvent[]; linked: boolean }) => JSX.Element;
    State: (props: RoomProps) => JSX.Element;
    Troubles: (props: { troubles: Trouble[]; refresh: () => void; go: Go }) => JSX.Element | null;
    Settings: (props: RoomProps) => JSX.Element;
    Setup: (props: RoomProps) => JSX.Element;
    setupSteps: Record<string, (props: StepProps) => JSX.Element>;
    tellSetup: (what: string, step: string) => Promise<any>;
    Elsewhere: (props: { taken: () => void }) => JSX.Element | null;
    Asking: (props: { asked: Asked; working: string }) => JSX.Element;
    fieldName: (field: string) => string;
    PreviewedScene: (props: { scene: PreviewScene; bare?: boolean }) => JSX.Element;
    lights: Record<string, string>;
    CardMark: (props: { id: number }) => JSX.Element | null;
    SceneTab: (props: { id: number }) => JSX.Element;
    PATH: string;
    Page: () => JSX.Element;
  }

  interface PluginApi {
    React: typeof ReactModule;
    GQL: Record<string, any>;
    libraries: {
      Apollo: typeof ApolloModule;
      Bootstrap: Record<string, any>; // its polymorphic types do not fit createElement
      FontAwesomeSolid: Record<string, any>;
      ReactFontAwesome: typeof ReactFontAwesomeModule;
      ReactRouterDOM: typeof RouterModule;
    };
    patch: Record<"before" | "instead" | "after", (name: string, change: Function) => void>;
    register: { route: (path: string, page: () => JSX.Element) => void };
    utils: { StashService: { getClient: () => any } };
  }

  interface Window {
    PluginApi: PluginApi;
    PlexSyncUi: PlexSyncUi;
  }
}
