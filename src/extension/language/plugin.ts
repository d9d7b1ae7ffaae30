/**
 * A plugin of VS Code's TypeScript server. VS Code asks its own TypeScript about notebook cells as well as ours, and shows
 * what both answer; its own knows each cell as a script by itself, refuses `%magic` lines and cannot be told by an
 * extension to leave cells alone. Inside its server this plugin can: it answers nothing where our server answers, so that
 * each item stands once. Formatting, colours, folding, the outline and quick fixes stay with VS Code.
 *
 * Built as the package `spinebook-cells`, for the server loads plugins by a package's name only.
 */
import type ts from "typescript";

/** What the extension tells the plugin. */
export interface PluginConfiguration {
  /**
   * False while our server answers. True, the default, before it has started, as where all notebooks are another kernel's, and
   * after it has ended for good: VS Code's TypeScript is then asked, though it knows less.
   */
  readonly answersCells?: boolean;
}

type Service = ts.LanguageService;

/** Makes the plugin; VS Code's TypeScript server calls it once. */
export function makePlugin(): ts.server.PluginModule {
  let answersCells = true;
  const projects = new Set<ts.server.Project>();
  return {
    create({ languageService, project, config }) {
      const { answersCells: configured } = config as PluginConfiguration;
      answersCells = configured ?? answersCells;
      projects.add(project);
      return withQuietCells(languageService, (path) => !answersCells && isCell(path));
    },
    onConfigurationChanged(configuration: PluginConfiguration) {
      const before = answersCells;
      answersCells = configuration.answersCells ?? true;
      if (answersCells === before) return;
      for (const project of projects) {
        if (project.isClosed()) projects.delete(project);
        else project.refreshDiagnostics();
      }
    },
  };
}

/** Whether the server's name of a file is that of a cell in an `.ipynb` notebook: `^/vscode-notebook-cell/HOST/PATH.ipynb#CELL`. */
export function isCell(path: string): boolean {
  return /^\^\/vscode-notebook-cell\/.*\.ipynb#/.test(path);
}

/** The service, with no answers about some files to the questions that our server is asked too. */
export function withQuietCells(service: Service, isQuiet: (path: string) => boolean): Service {
  type Ask = (path: string, ...rest: unknown[]) => unknown;
  const none = (key: keyof Service, answer: unknown): Partial<Service> => ({
    [key]: (path: string, ...rest: unknown[]) =>
      isQuiet(path) ? answer : (service[key] as Ask)(path, ...rest),
  });
  return {
    ...service,
    ...none("getCompletionsAtPosition", undefined),
    ...none("getCompletionEntryDetails", undefined),
    ...none("getQuickInfoAtPosition", undefined),
    ...none("getSignatureHelpItems", undefined),
    ...none("getDefinitionAtPosition", undefined),
    ...none("getDefinitionAndBoundSpan", undefined),
    ...none("getReferencesAtPosition", undefined),
    ...none("findReferences", undefined),
    ...none("findRenameLocations", undefined),
    ...none("getRenameInfo", { canRename: false, localizedErrorMessage: "This name cannot be renamed." }),
    ...none("getSyntacticDiagnostics", []),
    ...none("getSemanticDiagnostics", []),
    ...none("getSuggestionDiagnostics", []),
  };
}
