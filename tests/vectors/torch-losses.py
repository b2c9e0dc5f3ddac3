"""Losses of eight training steps in PyTorch, as tests/vectors/torch-losses.json holds them.

Usage: /usr/bin/python3 tests/vectors/torch-losses.py > tests/vectors/torch-losses.json
Parameters and examples come from a small generator that tests/engine/torch.test.ts repeats; parameters are drawn in
the order and shapes of Starling's layouts and turned into PyTorch's here.
"""
import json

import torch
from torch.nn import functional as F

STEPS = 8


class Numbers:
    """Lehmer's generator, multiplier 48271, modulus 2^31 - 1."""

    def __init__(self):
        self.state = 1

    def uniform(self):
        self.state = self.state * 48271 % 2147483647
        return self.state / 2147483647

    def parameter(self, *shape):
        count = torch.Size(shape).numel()
        values = [0.6 * self.uniform() - 0.3 for _ in range(count)]
        return torch.tensor(values).reshape(shape).requires_grad_()

    def values(self, *shape):
        count = torch.Size(shape).numel()
        return torch.tensor([2 * self.uniform() - 1 for _ in range(count)]).reshape(shape)

    def integers(self, bounds, rows):
        return torch.tensor([[int(self.uniform() * bound) for bound in bounds] for _ in range(rows)])


def mlp(p, x):
    return F.relu(x @ p[0] + p[1]) @ p[2] + p[3]


def convolution(x, weights, bias):
    return F.conv2d(x, weights.permute(3, 2, 0, 1), bias, padding=2)


def flat(x):
    return x.permute(0, 2, 3, 1).flatten(1)


def gn_lenet(p, x):
    x = x.permute(0, 3, 1, 2)
    for stage in range(3):
        weights, bias, scale, shift = p[4 * stage : 4 * stage + 4]
        x = F.max_pool2d(F.relu(F.group_norm(convolution(x, weights, bias), 2, scale, shift)), 2)
    return flat(x) @ p[12] + p[13]


def femnist_cnn(p, x):
    x = x.permute(0, 3, 1, 2)
    for stage in range(2):
        x = F.max_pool2d(F.relu(convolution(x, p[2 * stage], p[2 * stage + 1])), 2)
    return F.relu(flat(x) @ p[4] + p[5]) @ p[6] + p[7]


def lstm(x, input_weights, recurrent_weights, input_bias, recurrent_bias):
    layer = torch.nn.LSTM(x.shape[2], recurrent_weights.shape[0], batch_first=True)
    own = {
        "weight_ih_l0": input_weights.t(),
        "weight_hh_l0": recurrent_weights.t(),
        "bias_ih_l0": input_bias,
        "bias_hh_l0": recurrent_bias,
    }
    for name, tensor in own.items():
        delattr(layer, name)
        setattr(layer, name, tensor)
    layer._flat_weights = list(own.values())
    return layer(x)[0]


def char_lstm(p, x):
    x = F.embedding(x, p[0])
    x = lstm(lstm(x, *p[1:5]), *p[5:9])
    return F.relu(x).flatten(1) @ p[9] + p[10]


def factorisation(p, x):
    return (F.embedding(x[:, 0], p[0]) * F.embedding(x[:, 1], p[1])).sum(1)


def sgd(**options):
    return lambda parameters: torch.optim.SGD(parameters, **options)


def adam(**options):
    return lambda parameters: torch.optim.Adam(parameters, **options)


MLP = [(7, 9), (9,), (9, 5), (5,)]
LENET = [(5, 5, 3, 32), (32,), (32,), (32,), (5, 5, 32, 32), (32,), (32,), (32,)]
LENET += [(5, 5, 32, 64), (64,), (64,), (64,), (64, 10), (10,)]
FEMNIST = [(5, 5, 1, 32), (32,), (5, 5, 32, 64), (64,), (256, 512), (512,), (512, 12), (12,)]
LSTM = [(11, 4), (4, 48), (12, 48), (48,), (48,), (12, 48), (12, 48), (48,), (48,), (108, 11), (11,)]

# name: forward, parameter shapes, input shape or token bounds, classes (None: ratings), batch, optimiser
CASES = {
    "mlp, momentum": (mlp, MLP, (7,), 5, 4, sgd(lr=0.1, momentum=0.9, weight_decay=0.01)),
    "mlp, adam": (mlp, MLP, (7,), 5, 4, adam(lr=0.01, weight_decay=0.01)),
    "gn-lenet": (gn_lenet, LENET, (8, 8, 3), 10, 3, sgd(lr=0.02, momentum=0.9)),
    "femnist-cnn": (femnist_cnn, FEMNIST, (8, 8, 1), 12, 3, sgd(lr=0.0005)),
    "char-lstm": (char_lstm, LSTM, [11] * 9, 11, 4, sgd(lr=0.5)),
    "matrix-factorisation": (factorisation, [(13, 4), (17, 4)], [13, 17], None, 4, adam(lr=0.05)),
}


def losses(forward, shapes, inputs, classes, batch, optimiser):
    numbers = Numbers()
    parameters = [numbers.parameter(*shape) for shape in shapes]
    rows = STEPS * batch
    tokens = isinstance(inputs, list)
    x = numbers.integers(inputs, rows) if tokens else numbers.values(rows, *inputs)
    drawn = numbers.integers([classes or 10], rows)[:, 0]
    y = drawn if classes else (drawn + 1) / 2
    loss = F.cross_entropy if classes else F.mse_loss
    optimiser = optimiser(parameters)
    found = []
    for step in range(STEPS):
        some = slice(step * batch, (step + 1) * batch)
        optimiser.zero_grad()
        value = loss(forward(parameters, x[some]), y[some])
        value.backward()
        optimiser.step()
        found.append(round(value.item(), 6))
    return found


torch.set_num_threads(1)
print(json.dumps({"torch": torch.__version__, "losses": {n: losses(*c) for n, c in CASES.items()}}, indent=2))
