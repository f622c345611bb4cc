"""Exports small real models with scikit-learn, XGBoost and LightGBM, and the scores that the libraries give themselves."""
import json, sys, os
import numpy as np
import pandas as pd
import onnx
import sklearn, skl2onnx, xgboost, lightgbm, onnxmltools
from sklearn.linear_model import LogisticRegression, LinearRegression
from sklearn.ensemble import RandomForestClassifier, GradientBoostingRegressor
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from skl2onnx import to_onnx, convert_sklearn
from skl2onnx.common.data_types import (
    FloatTensorType, DoubleTensorType, Int64TensorType, StringTensorType)
from onnxmltools import convert_xgboost, convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType as MlFloat

out = sys.argv[1]
os.makedirs(out, exist_ok=True)
rng = np.random.default_rng(7)
N = 400
amount = np.round(rng.gamma(2.0, 40.0, N), 2)
hour = rng.integers(0, 24, N)
count = rng.integers(0, 9, N)
country = rng.choice(["ch", "de", "fr"], N)
y = ((amount > 150) | ((hour < 6) & (count > 5)) | (country == "fr") & (amount > 110)).astype(int)
value = amount * 2 + hour - count
X = np.column_stack([amount, hour, count]).astype(np.float32)
FRAME = pd.DataFrame({"amount": amount.astype(np.float32), "hour": hour.astype(np.int64), "country": country})
ROWS = slice(0, 8)
expected = {}

def save(name, model, rows, scores):
    path = os.path.join(out, name + ".onnx")
    with open(path, "wb") as f:
        f.write(model.SerializeToString())
    expected[name] = {"rows": rows, "scores": [float(s) for s in scores]}
    print(name, os.path.getsize(path))

def rows(a):
    return [[float(v) for v in r] for r in a[ROWS]]

# scikit-learn
lr = LogisticRegression(max_iter=1000).fit(X, y)
save("sklearn-classifier-zipmap",
     convert_sklearn(lr, initial_types=[("float_input", FloatTensorType([None, 3]))]),
     rows(X), lr.predict_proba(X[ROWS])[:, 1])
rf = RandomForestClassifier(n_estimators=5, max_depth=3, random_state=7).fit(X, y)
save("sklearn-classifier-tensor",
     convert_sklearn(rf, initial_types=[("float_input", FloatTensorType([None, 3]))], options={"zipmap": False}),
     rows(X), rf.predict_proba(X[ROWS])[:, 1])
named = np.where(y == 1, "fraud", "genuine")
inverse = np.where(y == 1, "yes", "no")
rfs = RandomForestClassifier(n_estimators=3, max_depth=3, random_state=7).fit(X, inverse)
save("sklearn-classifier-text-labels",
     convert_sklearn(rfs, initial_types=[("float_input", FloatTensorType([None, 3]))]),
     rows(X), rfs.predict_proba(X[ROWS])[:, 1])
reg = GradientBoostingRegressor(n_estimators=5, max_depth=2, random_state=7).fit(X, value)
save("sklearn-regressor",
     convert_sklearn(reg, initial_types=[("X", FloatTensorType([None, 3]))]),
     rows(X), reg.predict(X[ROWS]))
scaled = Pipeline([("scale", StandardScaler()), ("model", LinearRegression())]).fit(X.astype(np.float64), value)
save("sklearn-regressor-double",
     convert_sklearn(scaled, initial_types=[("X", DoubleTensorType([None, 3]))]),
     rows(X), scaled.predict(X[ROWS].astype(np.float64)))
# Not loaded by any runtime: its map of classes has doubles.
doubles = LogisticRegression(max_iter=1000).fit(X.astype(np.float64), y)
with open(os.path.join(out, "sklearn-classifier-doubles.onnx"), "wb") as f:
    f.write(to_onnx(doubles, X[:1].astype(np.float64)).SerializeToString())
XI = X.round().astype(np.int64)
lin = LinearRegression().fit(XI, value)
save("sklearn-regressor-int64",
     convert_sklearn(lin, initial_types=[("X", Int64TensorType([None, 3]))]),
     rows(XI), lin.predict(XI[ROWS]))
columns = ColumnTransformer([
    ("numbers", StandardScaler(), ["amount", "hour"]),
    ("texts", OneHotEncoder(handle_unknown="ignore"), ["country"])])
pipe = Pipeline([("columns", columns), ("model", LogisticRegression(max_iter=1000))]).fit(FRAME, y)
save("sklearn-pipeline-named-inputs",
     convert_sklearn(pipe, initial_types=[
         ("amount", FloatTensorType([None, 1])),
         ("hour", Int64TensorType([None, 1])),
         ("country", StringTensorType([None, 1]))]),
     [[float(r.amount), int(r.hour), r.country] for r in FRAME[ROWS].itertuples()],
     pipe.predict_proba(FRAME[ROWS])[:, 1])
texts = Pipeline([("one", OneHotEncoder(handle_unknown="ignore")), ("model", LogisticRegression())])
T = np.column_stack([country, np.where(hour < 6, "night", "day")]).astype(object)
texts.fit(T, y)
save("sklearn-pipeline-text-tensor",
     convert_sklearn(texts, initial_types=[("texts", StringTensorType([None, 2]))]),
     [[str(v) for v in r] for r in T[ROWS]], texts.predict_proba(T[ROWS])[:, 1])
multi = LogisticRegression(max_iter=2000).fit(X, np.digitize(amount, [50, 100]))
save("sklearn-classifier-three-classes",
     convert_sklearn(multi, initial_types=[("float_input", FloatTensorType([None, 3]))], options={"zipmap": False}),
     rows(X), multi.predict_proba(X[ROWS])[:, 2])

# XGBoost
xgbc = xgboost.XGBClassifier(n_estimators=5, max_depth=3, random_state=7).fit(X, y)
save("xgboost-classifier", convert_xgboost(xgbc, initial_types=[("input", MlFloat([None, 3]))]),
     rows(X), xgbc.predict_proba(X[ROWS])[:, 1])
xgbr = xgboost.XGBRegressor(n_estimators=5, max_depth=3, random_state=7).fit(X, value)
save("xgboost-regressor", convert_xgboost(xgbr, initial_types=[("input", MlFloat([None, 3]))]),
     rows(X), xgbr.predict(X[ROWS]))
# The converter knows no XGBRanker; its booster is converted as a regressor's, whose value is the margin as well.
ranker = xgboost.XGBRanker(n_estimators=5, max_depth=3, random_state=7)
ranker.fit(X, y, qid=np.repeat(np.arange(N // 20), 20))
as_regressor = xgboost.XGBRegressor(n_estimators=5, max_depth=3)
as_regressor._Booster = ranker.get_booster()
save("xgboost-ranker", convert_xgboost(as_regressor, initial_types=[("input", MlFloat([None, 3]))]),
     rows(X), ranker.predict(X[ROWS]))

# LightGBM
lgbc = lightgbm.LGBMClassifier(n_estimators=5, max_depth=3, random_state=7, verbose=-1).fit(X, y)
save("lightgbm-classifier-zipmap", convert_lightgbm(lgbc, initial_types=[("input", MlFloat([None, 3]))]),
     rows(X), lgbc.predict_proba(X[ROWS])[:, 1])
save("lightgbm-classifier-tensor", convert_lightgbm(lgbc, initial_types=[("input", MlFloat([None, 3]))], zipmap=False),
     rows(X), lgbc.predict_proba(X[ROWS])[:, 1])
lgbr = lightgbm.LGBMRegressor(n_estimators=5, max_depth=3, random_state=7, verbose=-1).fit(X, value)
save("lightgbm-regressor", convert_lightgbm(lgbr, initial_types=[("input", MlFloat([None, 3]))]),
     rows(X), lgbr.predict(X[ROWS]))
try:
    lr_ = lightgbm.LGBMRanker(n_estimators=5, max_depth=3, random_state=7, verbose=-1)
    lr_.fit(X, y, group=[20] * (N // 20))
    save("lightgbm-ranker", convert_lightgbm(lr_, initial_types=[("input", MlFloat([None, 3]))]),
         rows(X), lr_.predict(X[ROWS]))
except Exception as e:
    print("lightgbm-ranker:", type(e), e)

with open(os.path.join(out, "expected.json"), "w") as f:
    f.write("{\n" + ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in expected.items()) + "\n}\n")
print({m.__name__: m.__version__ for m in (sklearn, skl2onnx, onnx, xgboost, lightgbm, onnxmltools, np, pd)})
