"""Which letters and papers does a case bring forth, and how does a form become a Word file?"""
