"""The law told a second time: plain, slow Python written from the words of the contract and of the checks alone."""
