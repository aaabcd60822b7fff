"""Checks of the kind that compare gradients with what the sheet prints, to two or four digits."""

import unittest

import numpy as np
from rnn import Params, bptt_b, bptt_c, bptt_U, bptt_V, bptt_W, cross_entropy, forward, gradient_step, output_error


def small_network():
    dice = np.random.RandomState(1)
    params = Params(dice.randn(3, 2), dice.randn(3, 3), dice.randn(2, 3), dice.randn(3), dice.randn(2))
    return params, dice.randn(4, 2), dice.randn(3), np.eye(2)[[0, 1, 1, 0]]


class Gradients(unittest.TestCase):
    def setUp(self):
        self.params, self.X, self.h_init, Y = small_network()
        self.H, Y_hat = forward(self.params, self.X, self.h_init)
        self.loss = cross_entropy(Y_hat, Y)
        self.dO = output_error(Y_hat, Y)

    def test_loss(self):
        self.assertAlmostEqual(self.loss, 3.6255, places=2)

    def test_output_error(self):
        self.assertEqual(self.dO.shape, (4, 2))
        self.assertAlmostEqual(self.dO[1][0], 0.827179, places=4)

    def test_V(self):
        self.assertAlmostEqual(bptt_V(self.dO, self.H)[1][2], 0.382926, places=4)

    def test_W(self):
        gradient = bptt_W(self.params, self.dO, self.H, self.h_init)
        self.assertEqual(gradient.shape, (3, 3))
        self.assertAlmostEqual(gradient[0][0], 1.7305, places=2)

    def test_U(self):
        gradient = bptt_U(self.params, self.dO, self.X, self.H)
        self.assertAlmostEqual(gradient[2][1], -0.0266, places=2)

    def test_biases(self):
        self.assertAlmostEqual(bptt_b(self.params, self.dO, self.H)[1], -0.4633, places=2)
        self.assertAlmostEqual(bptt_c(self.dO)[0], 1.0591, places=2)

    def test_step(self):
        stepped = gradient_step(self.params, Params(*(0 * p + 1 for p in self.params)), 0.1)
        self.assertAlmostEqual(stepped.U[0][0], 1.524345, places=4)
