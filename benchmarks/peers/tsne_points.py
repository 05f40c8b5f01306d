"""Writes the points that t-SNE is measured on: `tsne_points.py DATASET_FOLDER COUNT POINTS.npy`.

They are the first test images of a dataset folder, as their 64 principal components, float32.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA

COMPONENTS = 64

if __name__ == "__main__":
    folder, count, output = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    images = np.load(folder / "data_wr_test.npy")
    images = images.reshape(len(images), -1)[:count].astype(np.float64)
    if len(images) < count:
        sys.exit(f"{folder} has {len(images)} test images; {count} are needed")
    np.save(output, PCA(COMPONENTS, svd_solver="full").fit_transform(images).astype(np.float32))
