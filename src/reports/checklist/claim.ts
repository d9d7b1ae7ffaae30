import { itemsOf } from "./items.js";
import type { ChecklistSource } from "./items.js";

/** The 44 items of CLAIM, 2024 update, in words of our own. */
export const CLAIM: ChecklistSource = {
  name: "CLAIM",
  citation:
    "Tejani AS, Klontzas ME, Gatti AA, et al. Checklist for Artificial Intelligence in Medical Imaging (CLAIM): 2024 Update. " +
    "Radiol Artif Intell 2024;6(4):e240300. doi:10.1148/ryai.240300",
  items: [
    ...itemsOf("Title and abstract", [
      [
        "1",
        "The title tells that this is work with AI, and which kind",
        "Name the kind, such as deep learning with convolutional networks, and lumbar spine MRI.",
      ],
      [
        "2",
        "Abstract with design, methods, results, conclusions",
        "Write it last; give numbers of patients and discs, and figures with intervals.",
      ],
    ]),
    ...itemsOf("Introduction", [
      [
        "3",
        "Background, and what the AI is meant for",
        "Say who would use the grades, and for what; the software itself is for research only.",
        "intendedUse",
        "helps",
      ],
      ["4", "Aims and hypotheses", "State what is compared with what, and what was expected beforehand."],
    ]),
    ...itemsOf("Methods: design", [
      ["5", "Prospective or retrospective", "Say whether the images were made before the study was planned."],
      [
        "6",
        "Goal of the study",
        "Such as making a model, testing one elsewhere, feasibility, non-inferiority to readers.",
      ],
    ]),
    ...itemsOf("Methods: data", [
      [
        "7",
        "Sources of the data",
        "Add hospitals, countries and years of your own images.",
        "dataSources",
        "answers",
      ],
      [
        "8",
        "Who and what was let in and left out",
        "State the criteria for patients and for images.",
        "leftOut",
        "helps",
      ],
      [
        "9",
        "Preprocessing of the images",
        "Add what was done to the images before the software read them.",
        "preprocessing",
        "answers",
      ],
      ["10", "Choice of parts of the data", "Say which discs, slices or patients were used, and why."],
      [
        "11",
        "De-identification",
        "Say by what, when and by whom names were removed from the images.",
        "deidentification",
        "helps",
      ],
      ["12", "What was done about missing data", "Add why they are missing.", "missingData", "answers"],
      [
        "13",
        "How the images were made",
        "Add repetition and echo times, field of view and coils.",
        "acquisition",
        "answers",
      ],
    ]),
    ...itemsOf("Methods: reference standard", [
      [
        "14",
        "How the reference standard was obtained",
        "Describe the grading scale with its source, and who decided where readers differed.",
        "referenceStandard",
        "helps",
      ],
      ["15", "Why this reference standard", "Say what speaks for it and what else could have been taken."],
      [
        "16",
        "Who made the reference annotations",
        "Give the readers' profession, years of experience and training.",
        "raters",
        "helps",
      ],
      [
        "17",
        "How the test set was annotated",
        "Say whether its readers saw the model's grades, and how ties were settled.",
      ],
      [
        "18",
        "Variability within and between readers",
        "Have discs read twice, and by two readers at least.",
        "raterAgreement",
        "answers",
      ],
    ]),
    ...itemsOf("Methods: partitions and test data", [
      [
        "19",
        "How data were dealt to training and test",
        "Say how your own data were dealt.",
        "partitions",
        "answers",
      ],
      [
        "20",
        "At which level the parts are disjoint",
        "Say whether your own parts share patients or hospitals.",
        "disjointLevel",
        "answers",
      ],
      [
        "21",
        "Size of the test sample, and why",
        "Say how many discs were planned, by which calculation.",
        "sampleSize",
        "helps",
      ],
    ]),
    ...itemsOf("Methods: model", [
      ["22", "The model in detail", "Say what was changed, if anything.", "architecture", "answers"],
      ["23", "Software and versions", "Add further programs used for the analysis.", "software", "answers"],
      [
        "24",
        "Initial parameters of the model",
        "Say so where you went on from trained weights.",
        "initialisation",
        "answers",
      ],
    ]),
    ...itemsOf("Methods: training", [
      ["25", "How it was trained", "Describe a training of your own.", "training", "answers"],
      [
        "26",
        "How the final model was chosen",
        "Say on which data the choice was made.",
        "modelChoice",
        "helps",
      ],
      ["27", "Ensembles", "Say whether several models were combined.", "ensemble", "answers"],
    ]),
    ...itemsOf("Methods: evaluation", [
      [
        "28",
        "Measures of performance",
        "Say which one is the primary measure, and why.",
        "metrics",
        "answers",
      ],
      [
        "29",
        "Statistics of uncertainty and significance",
        "Say which intervals and tests were used, and at which level.",
        "uncertainty",
        "helps",
      ],
      [
        "30",
        "Robustness or sensitivity analysis",
        "Add analyses of your own: scanners, ages, sexes.",
        "robustness",
        "answers",
      ],
      [
        "31",
        "How results are explained",
        "Say which of the methods was shown to whom.",
        "explanation",
        "answers",
      ],
      [
        "32",
        "Evaluation on data of the same source",
        "Add what was done with your own data.",
        "internalEvaluation",
        "answers",
      ],
      [
        "33",
        "Test on data from elsewhere",
        "Say whether your images are from another hospital than the training data.",
        "externalTest",
        "helps",
      ],
      ["34", "Registration as a trial", "Give register and number, or say that there is none."],
    ]),
    ...itemsOf("Results: data", [
      [
        "35",
        "How many were included and left out",
        "Draw the flow from all patients found to those analysed.",
        "flow",
        "answers",
      ],
      [
        "36",
        "Patients' and clinical characteristics by part",
        "Add complaints, treatment, and the same for the training part.",
        "characteristics",
        "answers",
      ],
    ]),
    ...itemsOf("Results: performance", [
      [
        "37",
        "Figures of performance with their uncertainty",
        "Add the intervals, and the figures on your own data.",
        "performance",
        "helps",
      ],
      [
        "38",
        "Diagnostic figures and their precision",
        "Give sensitivity and specificity at the threshold used, with intervals.",
        "discrimination",
        "helps",
      ],
      [
        "39",
        "Analysis of the failures",
        "Show discs that were graded wrong, and say what they have in common.",
        "failures",
        "helps",
      ],
    ]),
    ...itemsOf("Discussion", [
      [
        "40",
        "Limits of the study",
        "Discuss the study's own limits beside those of the models.",
        "limits",
        "helps",
      ],
      [
        "41",
        "What it means for practice",
        "Say what a reader may and may not conclude.",
        "intendedUse",
        "helps",
      ],
    ]),
    ...itemsOf("Other information", [
      [
        "42",
        "Where protocol and technical details are found",
        "Add the study's own protocol.",
        "technicalDetails",
        "answers",
      ],
      [
        "43",
        "Availability of software, models, data",
        "Say how your own images and readings can be had.",
        "availability",
        "answers",
      ],
      ["44", "Funding, and the funders' part", "Name the funders, or say that there were none."],
    ]),
  ],
};
