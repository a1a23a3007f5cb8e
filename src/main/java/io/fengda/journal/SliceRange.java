package io.fengda.journal;

/** A range of the journal's slices, both ends included. */
record SliceRange(int min, int max) {
  /** How many slices the journal has, fixed by its plugin. */
  static final int SLICES = 1_024;

  /** Refuses a setting that would leave ranges of different sizes. */
  static void requireDivisor(String setting, int ranges) {
    if (ranges < 1 || SLICES % ranges != 0) {
      throw new IllegalArgumentException(
          "%s: %d does not divide %d".formatted(setting, ranges, SLICES));
    }
  }

  /** The range of that number where the slices are shared by so many. */
  static SliceRange of(int number, int ranges) {
    int slices = SLICES / ranges;
    return new SliceRange(number * slices, (number + 1) * slices - 1);
  }
}
