"""The paper of a month: reports made when it is closed and kept byte for byte, the progress report II.06a, all versions."""
