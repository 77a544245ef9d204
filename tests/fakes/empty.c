typedef int fakes_empty;
