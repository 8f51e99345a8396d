"""What every service needs and none owns. Never a business rule of one service."""
