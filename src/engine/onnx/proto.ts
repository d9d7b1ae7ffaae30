import protobuf from "protobufjs";

/** The part of ONNX's protobuf schema (onnx.proto3, IR version 7) that the graphs here use. */
const schema = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: { type: "int64", id: 1 },
        producerName: { type: "string", id: 2 },
        graph: { type: "Graph", id: 7 },
        opsetImport: { rule: "repeated", type: "Opset", id: 8 },
      },
    },
    Opset: { fields: { domain: { type: "string", id: 1 }, version: { type: "int64", id: 2 } } },
    Graph: {
      fields: {
        node: { rule: "repeated", type: "Node", id: 1 },
        name: { type: "string", id: 2 },
        initializer: { rule: "repeated", type: "Tensor", id: 5 },
        input: { rule: "repeated", type: "ValueInfo", id: 11 },
        output: { rule: "repeated", type: "ValueInfo", id: 12 },
      },
    },
    Node: {
      fields: {
        input: { rule: "repeated", type: "string", id: 1 },
        output: { rule: "repeated", type: "string", id: 2 },
        opType: { type: "string", id: 4 },
        attribute: { rule: "repeated", type: "Attribute", id: 5 },
      },
    },
    Attribute: {
      fields: {
        name: { type: "string", id: 1 },
        f: { type: "float", id: 2 },
        i: { type: "int64", id: 3 },
        s: { type: "bytes", id: 4 },
        ints: { rule: "repeated", type: "int64", id: 8 },
        type: { type: "int32", id: 20 },
      },
    },
    Tensor: {
      fields: {
        dims: { rule: "repeated", type: "int64", id: 1 },
        dataType: { type: "int32", id: 2 },
        name: { type: "string", id: 8 },
        rawData: { type: "bytes", id: 9 },
      },
    },
    ValueInfo: { fields: { name: { type: "string", id: 1 }, type: { type: "Type", id: 2 } } },
    Type: { fields: { tensorType: { type: "TensorType", id: 1 } } },
    TensorType: { fields: { elemType: { type: "int32", id: 1 }, shape: { type: "TensorShape", id: 2 } } },
    TensorShape: { fields: { dim: { rule: "repeated", type: "Dimension", id: 1 } } },
    Dimension: { fields: { dimValue: { type: "int64", id: 1 }, dimParam: { type: "string", id: 2 } } },
  },
});

const model = schema.lookupType("Model");

/** ONNX element types. */
export const FLOAT = 1;
export const INT64 = 7;

export interface NodeProto {
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly object[];
}

export interface TensorProto {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly rawData: Uint8Array;
}

/** A dimension is a number, or a name where it is known only when the graph runs. */
export interface ValueProto {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

export interface GraphProto {
  readonly name: string;
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueProto[];
  readonly output: readonly ValueProto[];
}

/** Type numbers of ONNX's AttributeProto. */
const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** A float attribute, to tell 1.0 from the integer 1. */
export interface FloatAttribute {
  readonly float: number;
}

export type AttributeValue = number | string | readonly number[] | FloatAttribute;

/** One attribute of a node. */
export function attribute(name: string, value: AttributeValue): object {
  if (typeof value === "number") return { name, type: ATTRIBUTE.int, i: value };
  if (typeof value === "string") return { name, type: ATTRIBUTE.string, s: new TextEncoder().encode(value) };
  if ("float" in value) return { name, type: ATTRIBUTE.float, f: value.float };
  return { name, type: ATTRIBUTE.ints, ints: value };
}

function valueInfo(value: ValueProto): object {
  const dim = value.shape.map((n) => (typeof n === "number" ? { dimValue: n } : { dimParam: n }));
  return { name: value.name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}

/** Bytes of a model file with this graph, operator set 13. */
export function encodeModel(graph: GraphProto): Uint8Array {
  const message = {
    irVersion: 7,
    producerName: "spinebook",
    opsetImport: [{ domain: "", version: 13 }],
    graph: { ...graph, input: graph.input.map(valueInfo), output: graph.output.map(valueInfo) },
  };
  return model.encode(model.create(message)).finish();
}
