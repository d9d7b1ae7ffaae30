"""notebooks/two-hospitals.ipynb in Python, but for the grading: python3 two_hospitals.py STUDIES.csv READINGS.csv GRADES.csv FOLDER.
GRADES.csv are the model's, exported of the cohort: study, level, pfirrmann, pfirrmann_fractional, pixel_column, pixel_row."""
import os, sys
import numpy as np, pandas as pd
import matplotlib; matplotlib.use("Agg")
import matplotlib.pyplot as plt
from sklearn.metrics import ConfusionMatrixDisplay

studies_file, readings_file, grades_file, folder = sys.argv[1:]
studies, readings, model = (pd.read_csv(file) for file in (studies_file, readings_file, grades_file))
images = {row.patient: os.path.join(os.path.dirname(studies_file), row.path) for row in studies.itertuples()}
hospital = studies.set_index("patient").hospital
discs = readings.merge(model, left_on=["patient", "level"], right_on=["study", "level"], suffixes=("_reader", ""))
discs["hospital"] = discs.patient.map(hospital)
LEVELS = [f"T{i}-T{i+1}" for i in range(1, 12)] + ["T12-L1"] + [f"L{i}-L{i+1}" for i in range(1, 5)] + ["L5-S1"]
discs["level"] = pd.Categorical(discs.level, [level for level in LEVELS if level in set(discs.level)], ordered=True)

def measures(reader, graded, weights):
    table = np.bincount(5 * (reader - 1) + graded - 1, weights, 25).reshape(5, 5) / weights.sum()
    distance = np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
    chance = (distance * np.outer(table.sum(1), table.sum(0))).sum()
    error = (distance * table).sum()
    return 1 - error / chance if chance > 0 else np.nan, np.trace(table), error

def agreement(own, draws=2000):
    reader, graded = own.pfirrmann_reader.to_numpy(), own.pfirrmann.to_numpy()
    codes, patients = pd.factorize(own.patient)
    weights = np.random.default_rng(0).dirichlet(np.ones(len(patients)), draws)
    values = measures(reader, graded, np.ones(len(own)))
    low, high = np.nanquantile([measures(reader, graded, w[codes]) for w in weights], [0.025, 0.975], axis=0)
    cells = [f"{v:.2f} ({a:.2f} to {b:.2f})" if np.isfinite(v) else "–" for v, a, b in zip(values, low, high)]
    return pd.Series([len(own), len(patients), *cells], ["discs", "patients", "linear κ", "accuracy", "mean absolute error"])

groups = {}
for name, own in discs.groupby("hospital"):
    for level, part in own.groupby("level", observed=True):
        groups[f"{name}, {level}"] = agreement(part)
    groups[f"{name}, all"] = agreement(own)
groups["all"] = agreement(discs)
table = pd.DataFrame(groups).T
print(table.to_latex(caption="Agreement with the radiologist", label="tab:agreement"))

plt.rcParams.update({"font.size": 8})
figure, axes = plt.subplots(figsize=(85 / 25.4, 85 / 25.4))
ConfusionMatrixDisplay.from_predictions(discs.pfirrmann_reader, discs.pfirrmann, ax=axes, colorbar=False, cmap="Blues")
axes.set(title="Pfirrmann grade: radiologist and model", xlabel="model", ylabel="radiologist")
figure.savefig(f"{folder}/figure1.pdf", bbox_inches="tight")

shares = pd.crosstab(discs.hospital, discs.pfirrmann_reader, normalize="index")
figure, axes = plt.subplots()
shares.plot.bar(stacked=True, ax=axes, title="Grades of each hospital's reader")
figure.savefig(f"{folder}/bars.png", dpi=150, bbox_inches="tight")

model["hospital"] = model.study.map(hospital)
levels = [level for level in LEVELS if level in set(model.level)]
figure, axes = plt.subplots(figsize=(178 / 25.4, 80 / 25.4))
for i, (name, own) in enumerate(model.groupby("hospital")):
    series = [own.pfirrmann_fractional[own.level == level] for level in levels]
    boxes = axes.boxplot(series, positions=np.arange(len(levels)) + 0.35 * i, widths=0.3, patch_artist=True)
    for box in boxes["boxes"]:
        box.set_facecolor(f"C{i}")
    axes.plot([], [], color=f"C{i}", label=name)
axes.set_xticks(np.arange(len(levels)) + 0.17, levels)
axes.set(title="Severity as the model sees it", ylabel="Pfirrmann grade, fractional")
axes.legend()
figure.savefig(f"{folder}/figure2.png", dpi=600, bbox_inches="tight")

discs["difference"] = discs.pfirrmann - discs.pfirrmann_reader
worst = discs.reindex(discs.difference.abs().sort_values(ascending=False, kind="stable").index).head(8)
spacing = studies.set_index("patient").spacing
figure, cells = plt.subplots(2, 4, figsize=(8, 4.5))
for axes, disc in zip(cells.flat, worst.itertuples()):
    picture = plt.imread(images[disc.patient])
    half = int(25 / spacing[disc.patient])
    row, column = int(disc.pixel_row), int(disc.pixel_column)
    axes.imshow(picture[max(0, row - half) : row + half, max(0, column - half) : column + half], cmap="gray")
    axes.set_title(f"{disc.level} {disc.patient}, {disc.pfirrmann_reader} → {disc.pfirrmann}", fontsize=7)
    axes.axis("off")
figure.savefig(f"{folder}/differ.png", dpi=150, bbox_inches="tight")

with open(f"{folder}/report.html", "w") as file:
    file.write("<h1>Two hospitals</h1>" + table.to_html() + "".join(f'<img src="{name}">' for name in ("bars.png", "figure2.png", "differ.png")))
