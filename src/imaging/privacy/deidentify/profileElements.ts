/** What becomes of an element that is on the list. Whatever is not on it is left out. */
export type Action =
  /** Copied where its value has the form that its VR asks for: a number of a size that is measured, or a defined term. */
  | "keep"
  /** Words of image types are copied; others become codes that tell them apart. */
  | "types"
  /** A number or a short text that tells images apart: one that may say more becomes another. */
  | "label"
  /** Replaced by another UID, the same for the same UID. */
  | "uid"
  /** Written without a value, since readers expect the element. */
  | "empty"
  /** Replaced by the patient's pseudonym. */
  | "pseudonym"
  /** Replaced by the study's pseudonym. */
  | "study"
  /** Shifted by the patient's own number of days, or emptied. */
  | "date"
  /** Copied where dates are shifted, else emptied. */
  | "time"
  /** Only words of imaging protocols are kept. */
  | "words"
  /** Only a maker's name is kept. */
  | "maker"
  /** A sequence: its items are treated by this same list. */
  | "items";

/** Tag, VR and keyword of PS3.6, one a line, by action. Everything with free text is absent or cleaned. */
export const ELEMENTS: Readonly<Record<Action, string>> = {
  uid: `
    00080018 UI SOPInstanceUID
    0020000d UI StudyInstanceUID
    0020000e UI SeriesInstanceUID
    00200052 UI FrameOfReferenceUID
    00209161 UI ConcatenationUID
    00209164 UI DimensionOrganizationUID`,
  pseudonym: `
    00100010 PN PatientName
    00100020 LO PatientID`,
  study: `
    00200010 SH StudyID`,
  empty: `
    00080050 SH AccessionNumber
    00080090 PN ReferringPhysicianName
    00100030 DA PatientBirthDate
    00100040 CS PatientSex
    00201040 LO PositionReferenceIndicator`,
  date: `
    00080020 DA StudyDate
    00080021 DA SeriesDate
    00080022 DA AcquisitionDate
    00080023 DA ContentDate`,
  time: `
    00080030 TM StudyTime
    00080031 TM SeriesTime
    00080032 TM AcquisitionTime
    00080033 TM ContentTime`,
  words: `
    0008103e LO SeriesDescription
    00181030 LO ProtocolName`,
  maker: `
    00080070 LO Manufacturer`,
  items: `
    00082218 SQ AnatomicRegionSequence
    00189006 SQ MRImagingModifierSequence
    00189042 SQ MRReceiveCoilSequence
    00189049 SQ MRTransmitCoilSequence
    00189103 SQ MRSpatialSaturationSequence
    00189107 SQ MRAveragesFrameTypeSequence
    00189112 SQ MRTimingAndRelatedParametersSequence
    00189114 SQ MREchoSequence
    00189115 SQ MRModifierSequence
    00189117 SQ MRDiffusionSequence
    00189119 SQ MRAveragesSequence
    00189125 SQ MRFOVGeometrySequence
    00189226 SQ MRImageFrameTypeSequence
    00189239 SQ MRArterialSpinLabelingSequence
    00209111 SQ FrameContentSequence
    00209113 SQ PlanePositionSequence
    00209116 SQ PlaneOrientationSequence
    00209221 SQ DimensionOrganizationSequence
    00209222 SQ DimensionIndexSequence
    00289110 SQ PixelMeasuresSequence
    00289132 SQ FrameVOILUTSequence
    00289145 SQ PixelValueTransformationSequence
    00409096 SQ RealWorldValueMappingSequence
    52009229 SQ SharedFunctionalGroupsSequence
    52009230 SQ PerFrameFunctionalGroupsSequence`,
  types: `
    00080008 CS ImageType
    00089007 CS FrameType`,
  label: `
    00180086 IS EchoNumbers
    00200011 IS SeriesNumber
    00200012 IS AcquisitionNumber
    00200013 IS InstanceNumber
    00200100 IS TemporalPositionIdentifier
    00209056 SH StackID`,
  keep: `
    00080016 UI SOPClassUID
    00080060 CS Modality
    00089205 CS PixelPresentation
    00089206 CS VolumetricProperties
    00089207 CS VolumeBasedCalculationTechnique
    00089208 CS ComplexImageComponent
    00089209 CS AcquisitionContrast
    00180015 CS BodyPartExamined
    00180020 CS ScanningSequence
    00180021 CS SequenceVariant
    00180022 CS ScanOptions
    00180023 CS MRAcquisitionType
    00180050 DS SliceThickness
    00180060 DS KVP
    00180080 DS RepetitionTime
    00180081 DS EchoTime
    00180082 DS InversionTime
    00180083 DS NumberOfAverages
    00180084 DS ImagingFrequency
    00180085 SH ImagedNucleus
    00180087 DS MagneticFieldStrength
    00180088 DS SpacingBetweenSlices
    00180089 IS NumberOfPhaseEncodingSteps
    00180091 IS EchoTrainLength
    00180093 DS PercentSampling
    00180094 DS PercentPhaseFieldOfView
    00180095 DS PixelBandwidth
    00181060 DS TriggerTime
    00181100 DS ReconstructionDiameter
    00181120 DS GantryDetectorTilt
    00181310 US AcquisitionMatrix
    00181312 CS InPlanePhaseEncodingDirection
    00181314 DS FlipAngle
    00181315 CS VariableFlipAngleFlag
    00185100 CS PatientPosition
    00189005 SH PulseSequenceName
    00189008 CS EchoPulseSequence
    00189009 CS InversionRecovery
    00189010 CS FlowCompensation
    00189011 CS MultipleSpinEcho
    00189012 CS MultiPlanarExcitation
    00189014 CS PhaseContrast
    00189015 CS TimeOfFlightContrast
    00189016 CS Spoiling
    00189017 CS SteadyStatePulseSequence
    00189018 CS EchoPlanarPulseSequence
    00189019 FD TagAngleFirstAxis
    00189020 CS MagnetizationTransfer
    00189021 CS T2Preparation
    00189022 CS BloodSignalNulling
    00189024 CS SaturationRecovery
    00189025 CS SpectrallySelectedSuppression
    00189026 CS SpectrallySelectedExcitation
    00189027 CS SpatialPresaturation
    00189028 CS Tagging
    00189029 CS OversamplingPhase
    00189032 CS GeometryOfKSpaceTraversal
    00189033 CS SegmentedKSpaceTraversal
    00189034 CS RectilinearPhaseEncodeReordering
    00189036 CS PartialFourierDirection
    00189069 FD ParallelReductionFactorInPlane
    00189073 FD AcquisitionDuration
    00189075 CS DiffusionDirectionality
    00189077 CS ParallelAcquisition
    00189079 FD InversionTimes
    00189081 CS PartialFourier
    00189082 FD EffectiveEchoTime
    00189087 FD DiffusionBValue
    00189093 US NumberOfKSpaceTrajectories
    00189098 FD TransmitterFrequency
    00189100 CS ResonantNucleus
    00189231 US MRAcquisitionPhaseEncodingStepsInPlane
    00189232 US MRAcquisitionPhaseEncodingStepsOutOfPlane
    00189240 US RFEchoTrainLength
    00189241 US GradientEchoTrainLength
    00200032 DS ImagePositionPatient
    00200037 DS ImageOrientationPatient
    00200105 IS NumberOfTemporalPositions
    00201002 IS ImagesInAcquisition
    00201041 DS SliceLocation
    00209057 UL InStackPositionNumber
    00209072 CS FrameLaterality
    00209128 UL TemporalPositionIndex
    00209156 US FrameAcquisitionNumber
    00209157 UL DimensionIndexValues
    00209162 US InConcatenationNumber
    00209163 US InConcatenationTotalNumber
    00209165 AT DimensionIndexPointer
    00209167 AT FunctionalGroupPointer
    00209311 CS DimensionOrganizationType
    00280002 US SamplesPerPixel
    00280004 CS PhotometricInterpretation
    00280006 US PlanarConfiguration
    00280008 IS NumberOfFrames
    00280010 US Rows
    00280011 US Columns
    00280030 DS PixelSpacing
    00280034 IS PixelAspectRatio
    00280100 US BitsAllocated
    00280101 US BitsStored
    00280102 US HighBit
    00280103 US PixelRepresentation
    00280106 US/SS SmallestImagePixelValue
    00280107 US/SS LargestImagePixelValue
    00280120 US/SS PixelPaddingValue
    00280301 CS BurnedInAnnotation
    00281050 DS WindowCenter
    00281051 DS WindowWidth
    00281052 DS RescaleIntercept
    00281053 DS RescaleSlope
    00281054 LO RescaleType
    00282110 CS LossyImageCompression
    00282112 DS LossyImageCompressionRatio
    00282114 CS LossyImageCompressionMethod
    00409211 US/SS RealWorldValueLastValueMapped
    00409216 US/SS RealWorldValueFirstValueMapped
    00409224 FD RealWorldValueIntercept
    00409225 FD RealWorldValueSlope`,
};
