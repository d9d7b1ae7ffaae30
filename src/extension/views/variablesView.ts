import * as vscode from "vscode";
import type { VariableInfo } from "../../protocol/index.js";
import type { SpinebookController } from "../controller.js";
import { activeNotebook } from "./activeNotebook.js";
import { countText, sizeText } from "./texts.js";
import {
  sortVariables,
  variableIcon,
  variableSummary,
  variableTooltip,
  type VariableOrder,
} from "./variableList.js";

const VIEW = "spinebook.variables";
const ORDER = "spinebook.variableOrder";

/** Lists the variables of the active notebook's kernel, as they were when no cell ran. */
export class VariablesView implements vscode.TreeDataProvider<VariableInfo> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly known = new WeakMap<vscode.NotebookDocument, readonly VariableInfo[]>();
  private readonly tree: vscode.TreeView<VariableInfo>;
  private order: VariableOrder;

  constructor(
    private readonly controller: SpinebookController,
    private readonly memory: vscode.Memento,
  ) {
    this.order = memory.get<VariableOrder>(ORDER, "name");
    this.tree = vscode.window.createTreeView(VIEW, { treeDataProvider: this });
    void vscode.commands.executeCommand("setContext", ORDER, this.order);
  }

  getTreeItem(variable: VariableInfo): vscode.TreeItem {
    const item = new vscode.TreeItem(variable.name);
    item.description = variableSummary(variable);
    item.tooltip = new vscode.MarkdownString(variableTooltip(variable));
    item.iconPath = new vscode.ThemeIcon(variableIcon(variable));
    item.contextValue = "variable";
    return item;
  }

  getChildren(variable?: VariableInfo): VariableInfo[] {
    const notebook = activeNotebook(this.controller);
    if (variable !== undefined || notebook === undefined) return [];
    return sortVariables(this.known.get(notebook) ?? [], this.order);
  }

  /** Asks the active notebook's kernel unless it is busy or not there, and shows what is known. */
  async refresh(): Promise<void> {
    const notebook = activeNotebook(this.controller);
    if (notebook !== undefined) {
      const state = this.controller.state(notebook);
      if (state === "not started" || state === "ended") this.known.delete(notebook);
      else if (state === "idle" && this.tree.visible) {
        const variables = await this.controller.variables(notebook);
        if (variables !== undefined) this.known.set(notebook, variables);
      }
    }
    this.describe();
    this.changed.fire(undefined);
  }

  /** Changes the order, for this and later windows. */
  async sortBy(order: VariableOrder): Promise<void> {
    this.order = order;
    await vscode.commands.executeCommand("setContext", ORDER, order);
    await this.memory.update(ORDER, order);
    this.changed.fire(undefined);
  }

  /** Refreshes when the view comes into sight. */
  onDidShow(listener: () => void): vscode.Disposable {
    return this.tree.onDidChangeVisibility(({ visible }) => {
      if (visible) listener();
    });
  }

  dispose(): void {
    this.tree.dispose();
    this.changed.dispose();
  }

  private describe(): void {
    const notebook = activeNotebook(this.controller);
    const state = notebook && this.controller.state(notebook);
    const variables = (notebook && this.known.get(notebook)) ?? [];
    const bytes = variables.reduce((sum, variable) => sum + (variable.bytes ?? 0), 0);
    const total =
      variables.length === 0 ? "" : `${countText(variables.length, "variable")}, ${sizeText(bytes)}`;
    this.tree.description = state === "running" ? ["running", total].filter(Boolean).join(" · ") : total;
    this.tree.message = variables.length > 0 ? undefined : emptyMessage(state);
  }
}

function emptyMessage(state: ReturnType<SpinebookController["state"]> | undefined): string {
  switch (state) {
    case undefined:
      return "The variables of the Spinebook notebook in front are listed here.";
    case "running":
      return "A cell runs. Its variables are listed when it has ended.";
    case "idle":
      return "No cell has declared a variable yet.";
    case "ended":
      return "The kernel has ended, and its variables with it. Run a cell to start a fresh one.";
    case "not started":
      return "The kernel has not started. Run a cell; its variables are listed here.";
  }
}
