/** All suites that run inside of VS Code. */
import "./notebooks.suite.js";
