"""What do the timelines add up to: the monthly ledger, measures, score sheets and the campaign report?"""
