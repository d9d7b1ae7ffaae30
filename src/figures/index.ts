/**
 * Room `figures`: what is shown. Plots, described once: `drawing/` makes plotly's JSON of their numbers, and a still of that JSON;
 * `pictures/` packs slices with heat and outlines for the viewer and draws their stills; `saving/` writes all of them as files; tables,
 * also for manuscripts, and montages. Every bundle holds
 * the interactive form for our renderers and a portable one beside it: PNG or static HTML, and plain text.
 */
export { AgreementRows, agreementRows, PerGradeTable, perGradeTable } from "./agreementTables.js";
export type { AgreementRow, GradeRow, ReadingPair } from "./agreementTables.js";
export { blandAltman, BlandAltmanPlot } from "./blandAltman.js";
export type { BlandAltmanOptions } from "./blandAltman.js";
export { ConfusionMatrix, confusionMatrix } from "./confusionMatrix.js";
export type { ConfusionOptions } from "./confusionMatrix.js";
export { groupOrder, groupsOf } from "./groups.js";
export { Display, displayable, jupyterDisplay } from "./display.js";
export type { Displayable } from "./display.js";
export { DistributionPlot, distributionPlot } from "./distributionPlot.js";
export type { DistributionOptions, GradeGroup } from "./distributionPlot.js";
export { confusionFigure } from "./drawing/confusion.js";
export { differencesFigure } from "./drawing/differences.js";
export { histogramFigure } from "./drawing/histogram.js";
export { figureBundle } from "./drawing/plot.js";
export type { Figure } from "./drawing/plot.js";
export { reliabilityFigure } from "./drawing/reliability.js";
export type { ReliabilityInput } from "./drawing/reliability.js";
export { svgToPng } from "../stills/index.js";
export { label } from "./drawing/svg.js";
export { alignedText, gradesBundle } from "./gradesTable.js";
export { Montage, montage, sliceCell } from "./montage.js";
export type { SliceStack } from "./montage.js";
export { errorSheetPng } from "./pictures/errorSheet.js";
export type { MontageCell, MontageOptions } from "./pictures/montageStill.js";
export { placeOf, requireSamePictures, requireSamePlace } from "./pictures/place.js";
export { encodeSlices, MAX_PAYLOAD } from "./pictures/slices.js";
export type { HeatInput } from "./pictures/pack.js";
export { slicesBundle, stillPng, stillSvg } from "./pictures/still.js";
export { autoWindow } from "./pictures/window.js";
export { Plot } from "./plot.js";
export { CurvePlot, curvePlot, GradeHistogram, gradeHistogram, ScatterPlot, scatterPlot } from "./plots.js";
export type { CurveOptions, HistogramOptions, ScatterOptions } from "./plots.js";
export type { SaveOptions } from "./saving/request.js";
export { SavedFigure } from "./saving/save.js";
export { saveFigure } from "./saving/saveFigure.js";
export type { Saveable } from "./saving/saveFigure.js";
export { saveSlices } from "./saving/saveSlices.js";
export type { SaveSlicesOptions } from "./saving/saveSlices.js";
export { jsonRow, tableBundle } from "./table.js";
export { toCsv, toHtml, toLatex, toMarkdown, WritableTable } from "./tableFormats.js";
export type { LatexOptions, TableOptions, TableRow } from "./tableFormats.js";
