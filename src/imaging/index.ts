/**
 * Room `imaging`: files -> Series and Volume. Finds them (`folder/`: folders, archives, DICOMDIR, by headers alone), reads DICOM
 * (`dicom/`) and NIfTI, MetaImage, NRRD, PNG and JPEG (`formats/`), keeps the geometry (LPS mm), chooses the series of a study, turns a
 * stack upright and sagittal, and writes images and DICOM reports (`dicom/writing/`). Says what is wrong with a file in one
 * sentence, and never lets patient identity out (`privacy/`: copies without it, and a search for it).
 */
export { chooseSagittal, chooseStudy, gradableStudies, loadVolume, seriesById } from "./choose.js";
export type { StudyChoice, StudyOverride } from "./choose.js";
export { deidentify } from "./privacy/deidentify/deidentify.js";
export type { DeidentifiedFile, DeidentifyOptions, LeftOut } from "./privacy/deidentify/deidentify.js";
export { deidentifyFolder } from "./privacy/deidentify/deidentifyFolder.js";
export type { DeidentifyResult } from "./privacy/deidentify/deidentifyFolder.js";
export { secondaryCapture } from "./dicom/writing/secondaryCapture.js";
export type { RgbImage } from "./dicom/writing/secondaryCapture.js";
export { structuredReport } from "./dicom/writing/structuredReport.js";
export type {
  ReportContent,
  ReportedDisc,
  ReportedEvaluation,
  ReportedMeasurement,
} from "./dicom/writing/structuredReport.js";
export { CODES, discCode, privateCode, UNITS } from "./dicom/writing/structuredReportCodes.js";
export type { Code } from "./dicom/writing/structuredReportCodes.js";
export type { DocumentOptions, ReportingDevice } from "./dicom/writing/structuredReportDocument.js";
export { readSource } from "./dicom/writing/structuredReportSource.js";
export type { SourceFrame, SourceSeries } from "./dicom/writing/structuredReportSource.js";
export { writeDicomSeries } from "./dicom/writing/write.js";
export type { DicomWriteOptions } from "./dicom/writing/write.js";
export { examinations } from "./examinations.js";
export type { Examination } from "./examinations.js";
export type { IdentityValue } from "./dicom/identity.js";
export { patientHash } from "./dicom/subject.js";
export { ImagingError, reason } from "./errors.js";
export type { ImagingCode } from "./errors.js";
export type { IndexOptions, IndexProgress } from "./folder/indexFiles.js";
export { LEFT_OUT_KINDS, leftOutWords } from "./folder/kinds.js";
export type { FileKind, LeftOutCause, LeftOutCount } from "./folder/kinds.js";
export { listStudies, studyKey, studySources } from "./folder/studies.js";
export type { ListOptions, StudySource } from "./folder/studies.js";
export { fingerprint } from "./fingerprint.js";
export { fromPatient } from "./geometry.js";
export { localPath } from "./paths.js";
export { writeMetaImage } from "./formats/metaimage.js";
export { writeNifti } from "./formats/nifti/write.js";
export { writeNrrd } from "./formats/nrrd.js";
export { isPicture } from "./formats/imageFile.js";
export { atEstimatedSpacing, atSpacing } from "./formats/picture.js";
export type { PictureSpacing } from "./formats/picture.js";
export { encodePng, readPng } from "./formats/png.js";
export { withDensity } from "./formats/pngDensity.js";
export { findIdentity } from "./privacy/scan.js";
export type { IdentityHit } from "./privacy/scan.js";
export type { Identity } from "./privacy/forms.js";
export { readSeries } from "./read.js";
export type { ReadOptions } from "./read.js";
export { toSagittal } from "./sagittal.js";
export type { SagittalStack } from "./sagittal.js";
export type { Contrast, Orientation, Problem, Series, SliceSource, Subject } from "./series.js";
export { toPatient } from "./volume.js";
export type { Affine, Vec3, Volume } from "./volume.js";
