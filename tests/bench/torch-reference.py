"""Training-step times of PyTorch for the models of `npm run bench -- engine`, measured whenever asked.

Usage: /usr/bin/python3 tests/bench/torch-reference.py [--threads N]
Each line "MODEL STEPS" on standard input makes so many steps and is answered by a line with the mean milliseconds of
one. Models, batches, layers and plain SGD are the same as in the engine's own benchmark; memory and optimiser of a
model are kept from line to line, and its first line is preceded by a few steps that nobody counts.
"""
import argparse
import os
import sys
import time

arguments = argparse.ArgumentParser()
arguments.add_argument("--threads", type=int, default=1)
options = arguments.parse_args()

# Both libraries below read these when they are loaded.
os.environ["OMP_NUM_THREADS"] = str(options.threads)
os.environ["OPENBLAS_NUM_THREADS"] = str(options.threads)

import torch  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(options.threads)
torch.manual_seed(1)


def mlp():
    """784-200-200-10, batch 32."""
    net = nn.Sequential(
        nn.Linear(784, 200), nn.ReLU(), nn.Linear(200, 200), nn.ReLU(), nn.Linear(200, 10)
    )
    return net, (torch.rand(32, 784),), torch.randint(10, (32,)), nn.functional.cross_entropy


def gn_lenet():
    """Three times convolution 5 × 5, group norm, ReLU, max pool; 89,834 parameters, batch 8."""
    layers = []
    for inputs, outputs in ((3, 32), (32, 32), (32, 64)):
        layers += [nn.Conv2d(inputs, outputs, 5, padding=2), nn.GroupNorm(2, outputs)]
        layers += [nn.ReLU(), nn.MaxPool2d(2)]
    net = nn.Sequential(*layers, nn.Flatten(), nn.Linear(1024, 10))
    return net, (torch.randn(8, 3, 32, 32),), torch.randint(10, (8,)), nn.functional.cross_entropy


def femnist_cnn():
    """Two convolutions 5 × 5, two dense layers; 1,690,046 parameters, batch 16."""
    net = nn.Sequential(
        *(nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, 62)),
    )
    return net, (torch.rand(16, 1, 28, 28),), torch.randint(62, (16,)), nn.functional.cross_entropy


class CharLstm(nn.Module):
    """Embedding 92 × 8, two LSTM layers of 256, the outputs of all 80 steps to 92 classes."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(92, 8)
        self.lstm = nn.LSTM(8, 256, 2, batch_first=True)
        self.dense = nn.Linear(80 * 256, 92)

    def forward(self, tokens):
        outputs, _ = self.lstm(self.embedding(tokens))
        return self.dense(torch.relu(outputs).flatten(1))


def char_lstm():
    """Batch 10, 80 steps; 2,683,708 parameters."""
    tokens = torch.randint(92, (10, 80))
    return CharLstm(), (tokens,), torch.randint(92, (10,)), nn.functional.cross_entropy


class Factorisation(nn.Module):
    """610 users and 9,724 items, rank 20."""

    def __init__(self):
        super().__init__()
        self.users = nn.Embedding(610, 20)
        self.items = nn.Embedding(9724, 20)

    def forward(self, users, items):
        return (self.users(users) * self.items(items)).sum(1)


def factorisation():
    """Batch 64."""
    users, items = torch.randint(610, (64,)), torch.randint(9724, (64,))
    return Factorisation(), (users, items), torch.rand(64) * 5, nn.functional.mse_loss


MODELS = {
    "mlp": mlp,
    "gn-lenet": gn_lenet,
    "femnist-cnn": femnist_cnn,
    "char-lstm": char_lstm,
    "matrix-factorisation": factorisation,
}


def stepper(build):
    """Returns what makes one training step."""
    net, inputs, answers, loss = build()
    optimiser = torch.optim.SGD(net.parameters(), lr=0.01)

    def step():
        optimiser.zero_grad()
        loss(net(*inputs), answers).backward()
        optimiser.step()

    for _ in range(3):
        step()
    return step


steppers = {}
for line in sys.stdin:
    name, steps = line.split()
    if name not in steppers:
        steppers[name] = stepper(MODELS[name])
    start = time.perf_counter()
    for _ in range(int(steps)):
        steppers[name]()
    print((time.perf_counter() - start) * 1000 / int(steps), flush=True)
