import { serveBatch } from "./worker.js";

serveBatch();
