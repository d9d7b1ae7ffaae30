import { attribute, encodeModel, FLOAT, INT64 } from "./proto.js";
import type { AttributeValue, NodeProto, TensorProto, ValueProto } from "./proto.js";

/** Collects the nodes of an ONNX graph; tensors are known by name. */
export class GraphBuilder {
  private readonly nodes: NodeProto[] = [];
  private readonly initializers = new Map<string, TensorProto>();
  private readonly inputs: ValueProto[] = [];
  private readonly outputs: ValueProto[] = [];
  private counter = 0;

  constructor(private readonly name: string) {}

  /** Adds an operator with one output and returns the output's name. */
  op(
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    output?: string,
  ): string {
    const result = output ?? `t${++this.counter}`;
    const attributeList = Object.entries(attributes).map(([key, value]) => attribute(key, value));
    this.nodes.push({ opType, input, output: [result], attribute: attributeList });
    return result;
  }

  input(name: string, shape: readonly (number | string)[]): string {
    this.inputs.push({ name, shape });
    return name;
  }

  /** Makes `tensor` an output of the graph under the given name. */
  output(name: string, tensor: string, shape: readonly (number | string)[]): void {
    this.op("Identity", [tensor], {}, name);
    this.outputs.push({ name, shape });
  }

  /** A constant float scalar. */
  scalar(value: number): string {
    return this.floats(`f${value}`, [], new Float32Array([value]));
  }

  /** A constant vector of integers (shapes, axes, starts). */
  integers(values: readonly number[]): string {
    const name = `i${values.join("_")}`;
    const rawData = new Uint8Array(new BigInt64Array(values.map(BigInt)).buffer);
    this.initializers.set(name, { name, dims: [values.length], dataType: INT64, rawData });
    return name;
  }

  /** A constant or weight tensor. */
  floats(name: string, dims: readonly number[], values: Float32Array): string {
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.initializers.set(name, { name, dims, dataType: FLOAT, rawData });
    return name;
  }

  reshape(tensor: string, shape: readonly number[]): string {
    return this.op("Reshape", [tensor, this.integers(shape)]);
  }

  /** Sum over axes, which disappear unless `keep`. */
  sum(tensor: string, axes: readonly number[], keep = false): string {
    return this.op("ReduceSum", [tensor, this.integers(axes)], { keepdims: keep ? 1 : 0 });
  }

  encode(): Uint8Array {
    return encodeModel({
      name: this.name,
      node: this.nodes,
      initializer: [...this.initializers.values()],
      input: this.inputs,
      output: this.outputs,
    });
  }
}
