"""Labels, reports and mats as bytes; printing them is the business of the devices."""
