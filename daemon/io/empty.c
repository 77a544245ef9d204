typedef int io_empty;
