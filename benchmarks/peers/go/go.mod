module unpark/peers

go 1.23
