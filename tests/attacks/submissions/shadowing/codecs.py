# Hides code in a comment by declaring an encoding in which it is none.
# in: file
# costs: everything
# says: defines none of the functions

#-*- coding: utf-7 -*-
#+AAo-def bptt_V(dO, H):+AAo- return dO.T +AEA- H
