# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of the generator of the example town."""
