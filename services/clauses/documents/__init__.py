"""Reports as files: CSV and XLSX for calculating, PDF for reading. All are made of the same figures."""
