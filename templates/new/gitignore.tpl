/build/
