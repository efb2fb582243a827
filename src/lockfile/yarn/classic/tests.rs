mod damage;
mod document;
mod reading;
